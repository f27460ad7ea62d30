/** Both indexes of a segment, compared with its log as it is read. */
import type { FileSystem } from '../fs/file-system.js';
import { OFFSET_INDEX_SUFFIX, TIME_INDEX_SUFFIX, segmentPath } from '../segment/file-names.js';
import { OFFSET_INDEX_ENTRY_BYTES } from '../segment/offset-index.js';
import { TIME_INDEX_ENTRY_BYTES } from '../segment/time-index.js';
import { FileFindings, type Finding } from './verify-finding.js';
import { readIndexContent } from './verify-index-content.js';
import { OffsetIndexCheck } from './verify-offset-index.js';
import { type BatchTimes, TimeIndexCheck } from './verify-time-index.js';

export interface SegmentEnd {
  readonly endPosition: number;
  readonly isSealed: boolean;
  /** The end of the log may have been lost while pages of an index were kept. */
  readonly mayHaveLostTail: boolean;
}

export class SegmentIndexes {
  readonly #ofOffsets: FileFindings;
  readonly #ofTimes: FileFindings;
  readonly #offsets: OffsetIndexCheck | undefined;
  readonly #times: TimeIndexCheck | undefined;
  /** From here on the next batch tells where the readable part goes on. */
  #isBehindDamage = false;

  /** Reads them as they are now. */
  constructor(fs: FileSystem, directory: string, baseOffset: number) {
    this.#ofOffsets = new FileFindings(segmentPath(directory, baseOffset, OFFSET_INDEX_SUFFIX));
    this.#ofTimes = new FileFindings(segmentPath(directory, baseOffset, TIME_INDEX_SUFFIX));
    const offsets = readIndexContent(fs, this.#ofOffsets, OFFSET_INDEX_ENTRY_BYTES);
    const times = readIndexContent(fs, this.#ofTimes, TIME_INDEX_ENTRY_BYTES);
    this.#offsets = offsets && new OffsetIndexCheck(offsets, baseOffset, this.#ofOffsets);
    this.#times = times && new TimeIndexCheck(times, baseOffset, this.#ofTimes);
  }

  get findings(): Finding[] {
    return [...this.#ofOffsets.list, ...this.#ofTimes.list];
  }

  /** The next good batch. */
  see(position: number, batch: BatchTimes): void {
    const { baseOffset, lastOffset, maxTimestamp } = batch;
    if (this.#isBehindDamage) this.#times?.skipTo(baseOffset);
    this.#isBehindDamage = false;
    this.#offsets?.see(position, lastOffset);
    this.#times?.see({ baseOffset, lastOffset, maxTimestamp });
  }

  /** The log cannot be read between these positions: what points there is not judged. */
  skip(fromPosition: number, toPosition: number): void {
    this.#isBehindDamage = true;
    this.#offsets?.skip(fromPosition, toPosition);
  }

  finish(end: SegmentEnd): void {
    if (this.#isBehindDamage) this.#times?.skipTo(Infinity);
    this.#offsets?.finish(end);
    this.#times?.finish(end);
  }
}
