/**
 * Compares an offset index with its log while the log is read from front to back: each entry must name
 * the position of a batch and that batch's last offset, and both must rise from entry to entry.
 *
 * Brokers before 4.0.1 index once per append, however many batches it holds: the position of the first
 * batch with the last offset of the last one. That leads nobody astray (a lookup starts earlier than
 * it could), so it is a note.
 */
import { OFFSET_INDEX_ENTRY_BYTES } from '../segment/offset-index.js';
import type { FileFindings } from './verify-finding.js';
import type { IndexContent } from './verify-index-content.js';

const POSITION_AT = 4;

interface Entry {
  /** Where the entry stands in the index file. */
  readonly at: number;
  readonly offset: number;
  readonly position: number;
}

export interface LogExtent {
  readonly endPosition: number;
  /** The end of the log may have been lost while pages of the index were kept. */
  readonly mayHaveLostTail: boolean;
}

export class OffsetIndexCheck {
  readonly #findings: FileFindings;
  readonly #byPosition = new Map<number, Entry>();
  /** Entries whose offset lies behind the batch that they name, by that offset. */
  readonly #ahead = new Map<number, Entry>();
  #aheadCount = 0;
  #firstAhead: Entry | undefined;

  constructor(content: IndexContent, baseOffset: number, findings: FileFindings) {
    this.#findings = findings;
    let last: Entry | undefined;
    for (let slot = 0; slot < content.entryCount; slot++) {
      const at = slot * OFFSET_INDEX_ENTRY_BYTES;
      const entry = {
        at,
        offset: baseOffset + content.view.getInt32(at),
        position: content.view.getInt32(at + POSITION_AT),
      };
      if (last !== undefined && (entry.offset <= last.offset || entry.position <= last.position)) {
        this.#wrong(entry, `does not come behind the entry before it`);
      }
      this.#byPosition.set(entry.position, entry);
      last = entry;
    }
  }

  /** The next batch of the log. */
  see(position: number, lastOffset: number): void {
    if (this.#ahead.size > 0) this.#settleAhead(lastOffset);
    const entry = this.#byPosition.get(position);
    if (entry === undefined) return;
    this.#byPosition.delete(position);
    if (entry.offset > lastOffset) this.#ahead.set(entry.offset, entry);
    else if (entry.offset < lastOffset) {
      this.#wrong(entry, `the batch at byte ${position} of the log ends with offset ${lastOffset}`);
    }
  }

  /** The log cannot be read between these positions: what points there is not judged. */
  skip(fromPosition: number, toPosition: number): void {
    for (const position of this.#byPosition.keys()) {
      if (position >= fromPosition && position < toPosition) this.#byPosition.delete(position);
    }
  }

  finish({ endPosition, mayHaveLostTail }: LogExtent): void {
    for (const entry of this.#byPosition.values()) {
      const isPastEnd = entry.position >= endPosition;
      const reason = isPastEnd
        ? `the log ends at byte ${endPosition}`
        : `no batch begins at byte ${entry.position} of the log`;
      if (isPastEnd && mayHaveLostTail) {
        this.#findings.note(`${textOf(entry)}: ${reason}; the next writer rebuilds it`, {
          position: entry.at,
          offset: entry.offset,
        });
      } else this.#wrong(entry, reason);
    }
    for (const entry of this.#ahead.values()) this.#wrong(entry, 'no batch ends with that offset');
    if (this.#firstAhead === undefined) return;
    const { at, offset } = this.#firstAhead;
    const reason = `${this.#aheadCount} entries name a batch before their offset, as brokers before 4.0.1 wrote them`;
    this.#findings.note(reason, { position: at, offset });
  }

  #settleAhead(lastOffset: number): void {
    const entry = this.#ahead.get(lastOffset);
    if (entry === undefined) return;
    this.#ahead.delete(lastOffset);
    this.#aheadCount++;
    this.#firstAhead ??= entry;
  }

  #wrong(entry: Entry, reason: string): void {
    const { at, offset } = entry;
    this.#findings.damage(`${textOf(entry)}: ${reason}`, { position: at, offset });
  }
}

function textOf({ offset, position }: Entry): string {
  return `wrong entry (offset ${offset}, byte ${position})`;
}
