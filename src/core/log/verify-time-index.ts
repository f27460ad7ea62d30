/**
 * Compares a time index with its log while the log is read from front to back: each entry must hold
 * the largest timestamp up to a batch that has it, and that batch's last offset; timestamps rise.
 *
 * Brokers of the 2.x line wrote the offset of the record itself, inside of that batch: a note. An index
 * that ends before the newest record is legal too, but a sealed segment's newest timestamp is read from
 * it, so it is worth a note.
 */
import { isSafeInt64, readInt64 } from '../bytes/int64.js';
import { NO_TIMESTAMP } from '../segment/segment-tail.js';
import { TIME_INDEX_ENTRY_BYTES } from '../segment/time-index.js';
import type { FileFindings } from './verify-finding.js';
import type { IndexContent } from './verify-index-content.js';

const OFFSET_AT = 8;

interface Entry {
  /** Where the entry stands in the index file. */
  readonly at: number;
  readonly timestamp: number;
  readonly offset: number;
}

export interface BatchTimes {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

export class TimeIndexCheck {
  readonly #findings: FileFindings;
  /** By offset. */
  readonly #entries: readonly Entry[];
  readonly #lastTimestamp: number;
  #next = 0;
  #maxTimestamp = NO_TIMESTAMP;
  #deepCount = 0;
  #firstDeep: Entry | undefined;

  constructor(content: IndexContent, baseOffset: number, findings: FileFindings) {
    this.#findings = findings;
    const entries: Entry[] = [];
    let last: Entry | undefined;
    for (let slot = 0; slot < content.entryCount; slot++) {
      const at = slot * TIME_INDEX_ENTRY_BYTES;
      const offset = baseOffset + content.view.getInt32(at + OFFSET_AT);
      if (!isSafeInt64(content.view, at)) {
        findings.damage('wrong entry: an impossible timestamp', { position: at, offset });
        continue;
      }
      const entry = { at, timestamp: readInt64(content.view, at), offset };
      if (last !== undefined && (entry.timestamp <= last.timestamp || offset < last.offset)) {
        this.#wrong(entry, 'does not come behind the entry before it');
      }
      entries.push(entry);
      last = entry;
    }
    this.#lastTimestamp = last?.timestamp ?? NO_TIMESTAMP;
    this.#entries = entries.sort((a, b) => a.offset - b.offset);
  }

  /** The next batch of the log. */
  see(batch: BatchTimes): void {
    this.#maxTimestamp = Math.max(this.#maxTimestamp, batch.maxTimestamp);
    for (;;) {
      const entry = this.#entries[this.#next];
      if (entry === undefined || entry.offset > batch.lastOffset) return;
      this.#next++;
      this.#compare(entry, batch);
    }
  }

  /** The log cannot be read below this offset: what points there is not judged. */
  skipTo(offset: number): void {
    while ((this.#entries[this.#next]?.offset ?? Infinity) < offset) this.#next++;
    // Whatever the newest timestamp was there, the entries behind it are the only ones that know.
    const following = this.#entries[this.#next - 1];
    if (following !== undefined) {
      this.#maxTimestamp = Math.max(this.#maxTimestamp, following.timestamp);
    }
  }

  finish(options: { readonly isSealed: boolean; readonly mayHaveLostTail: boolean }): void {
    for (const entry of this.#entries.slice(this.#next)) {
      const reason = 'the log ends before that offset';
      if (options.mayHaveLostTail) {
        this.#findings.note(`${textOf(entry)}: ${reason}; the next writer rebuilds it`, {
          position: entry.at,
          offset: entry.offset,
        });
      } else this.#wrong(entry, reason);
    }
    if (this.#firstDeep !== undefined) {
      const { at, offset } = this.#firstDeep;
      const reason = `${this.#deepCount} entries name a record inside of a batch, as brokers of the 2.x line wrote them`;
      this.#findings.note(reason, { position: at, offset });
    }
    if (options.isSealed && this.#lastTimestamp < this.#maxTimestamp) {
      const times = `${this.#lastTimestamp}, before the newest timestamp ${this.#maxTimestamp}`;
      this.#findings.note(`ends at timestamp ${times}: lookups by time may pass this segment over`);
    }
  }

  #compare(entry: Entry, batch: BatchTimes): void {
    if (entry.offset < batch.baseOffset) {
      this.#wrong(entry, 'no record has that offset');
    } else if (entry.timestamp !== batch.maxTimestamp) {
      this.#wrong(entry, `the newest timestamp of its batch is ${batch.maxTimestamp}`);
    } else if (entry.timestamp < this.#maxTimestamp) {
      this.#wrong(entry, `the log has ${this.#maxTimestamp} before it`);
    } else if (entry.offset < batch.lastOffset) {
      this.#deepCount++;
      this.#firstDeep ??= entry;
    }
  }

  #wrong(entry: Entry, reason: string): void {
    const { at, offset } = entry;
    this.#findings.damage(`${textOf(entry)}: ${reason}`, { position: at, offset });
  }
}

function textOf({ timestamp, offset }: Entry): string {
  return `wrong entry (timestamp ${timestamp}, offset ${offset})`;
}
