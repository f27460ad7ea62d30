/** Decodes every record of a batch, and compares what the header says with what is there. */
import { RecordCursor } from '../batch/record-cursor.js';
import { isCoreError } from '../errors.js';
import type { FileFindings } from './verify-finding.js';

export class RecordsCheck {
  readonly #records = new RecordCursor();
  readonly #findings: FileFindings;
  readonly #allowGaps: boolean;

  constructor(findings: FileFindings, { allowGaps }: { readonly allowGaps: boolean }) {
    this.#findings = findings;
    this.#allowGaps = allowGaps;
  }

  /**
   * The batch at `at` of `bytes`, which is `position` in the file; its header is known to be possible.
   * Returns its number of records.
   */
  see(bytes: Buffer, at: number, position: number): number {
    const { batch } = this.#records;
    try {
      this.#records.open(bytes, at);
      let newest = -1;
      while (this.#records.next()) newest = Math.max(newest, this.#records.timestamp);
      this.#compare(newest, { position, offset: batch.baseOffset });
    } catch (error) {
      this.#explain(error, { position, offset: batch.baseOffset });
    }
    return batch.recordsCount;
  }

  #compare(newest: number, place: { readonly position: number; readonly offset: number }): void {
    const { batch } = this.#records;
    const { recordsCount, lastOffsetDelta, maxTimestamp } = batch;
    if (!this.#allowGaps && recordsCount !== lastOffsetDelta + 1) {
      const reason = `${recordsCount} records in a batch of ${lastOffsetDelta + 1} offsets`;
      this.#findings.damage(reason, place);
    }
    if (batch.timestampType === 'CreateTime' && recordsCount > 0 && newest !== maxTimestamp) {
      const reason = `the header says the newest timestamp is ${maxTimestamp}, the records say ${newest}`;
      this.#findings.note(reason, place);
    }
  }

  #explain(error: unknown, place: { readonly position: number; readonly offset: number }): void {
    if (isCoreError(error, 'CORRUPT_MESSAGE')) {
      const reason: unknown = error.details['reason'];
      const detail = typeof reason === 'string' ? reason : error.message;
      this.#findings.damage(`the records cannot be decoded: ${detail}`, place);
      return;
    }
    if (!isCoreError(error, 'UNSUPPORTED_COMPRESSION_TYPE')) throw error;
    // An id that Kafka never gave out is damage; a library that has no build for this machine is not.
    if ('id' in error.details) this.#findings.damage(error.message, place);
    else this.#findings.note(`the records were not checked: ${error.message}`, place);
  }
}
