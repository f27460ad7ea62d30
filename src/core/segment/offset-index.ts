/**
 * The offset index, `.index` (Kafka: OffsetIndex). Entries of 8 bytes, big-endian:
 *
 *   0  int32  relative offset: last offset of a batch - base offset of the segment
 *   4  int32  position of that batch's first byte in the `.log`
 *
 * Offsets strictly increase. The first batch of a segment has no entry. A batch gets one when more
 * than `index.interval.bytes` lie between the last entry's batch (or the file's start) and it.
 */
import type { File } from '../fs/file-system.js';
import { IndexFile } from './index-file.js';

export const OFFSET_INDEX_ENTRY_BYTES = 8;
const POSITION_AT = 4;

export interface OffsetPosition {
  readonly offset: number;
  readonly position: number;
}

export class OffsetIndex extends IndexFile {
  readonly #baseOffset: number;

  constructor(file: File, baseOffset: number) {
    super(file, OFFSET_INDEX_ENTRY_BYTES);
    this.#baseOffset = baseOffset;
  }

  /** The entry with the largest offset <= `offset`, or undefined. */
  lookup(offset: number): OffsetPosition | undefined {
    const relative = offset - this.#baseOffset;
    return this.entry(this.lastSlotWhere(() => this.view.getInt32(0) <= relative));
  }

  last(): OffsetPosition | undefined {
    return this.entry(this.entryCount - 1);
  }

  entry(slot: number): OffsetPosition | undefined {
    if (!this.load(slot)) return undefined;
    return {
      offset: this.#baseOffset + this.view.getInt32(0),
      position: this.view.getInt32(POSITION_AT),
    };
  }

  /** False where the disk is full: an index may be sparse. */
  append(lastOffset: number, position: number): boolean {
    this.view.setInt32(0, lastOffset - this.#baseOffset);
    this.view.setInt32(POSITION_AT, position);
    return this.appendEntry();
  }
}
