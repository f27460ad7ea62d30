/**
 * What the offset index and the time index share: a file of entries of one size, appended in order,
 * searched by halving. An index is a hint: whoever follows an entry checks that the log agrees, and
 * a writer rebuilds an index that is wrong.
 *
 * A broker preallocates the active segment's indexes with zeros (10 MiB) and a killed one leaves
 * them so. No entry of ours or of Kafka's is all zeros (the first batch of a segment has none), so
 * an all-zero entry is the end of an index wherever it stands.
 */
import { isCoreError } from '../errors.js';
import type { File } from '../fs/file-system.js';

export class IndexFile {
  readonly file: File;
  readonly #entryBytes: number;
  readonly #entry: Uint8Array;
  protected readonly view: DataView;

  constructor(file: File, entryBytes: number) {
    this.file = file;
    this.#entryBytes = entryBytes;
    this.#entry = new Uint8Array(entryBytes);
    this.view = new DataView(this.#entry.buffer);
  }

  /** Whole entries that the file has room for, zero padding included. */
  get slotCount(): number {
    return Math.floor(this.file.stat().sizeBytes / this.#entryBytes);
  }

  /** True when the file is no whole number of entries: a torn or foreign tail. */
  get isRagged(): boolean {
    return this.file.stat().sizeBytes % this.#entryBytes !== 0;
  }

  /** Loads entry `slot` into `view`; false if it lies past the end or is padding. */
  protected load(slot: number): boolean {
    if (slot < 0) return false;
    const read = this.file.readAt(this.#entry, 0, this.#entryBytes, slot * this.#entryBytes);
    return read === this.#entryBytes && this.#entry.some((byte) => byte !== 0);
  }

  /**
   * The last slot whose entry satisfies `isAtMost` (true for a prefix of the entries), -1 if none.
   * Padding counts as past the end.
   */
  protected lastSlotWhere(isAtMost: () => boolean): number {
    let low = 0;
    let high = this.slotCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.load(middle) && isAtMost()) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Entries before the padding. */
  get entryCount(): number {
    return this.lastSlotWhere(() => true) + 1;
  }

  /** Appends the entry in `view`. False, and nothing left behind, where it did not fit the disk. */
  protected appendEntry(): boolean {
    const before = this.file.stat().sizeBytes;
    const written = this.#appendAsFits();
    if (written === this.#entryBytes) return true;
    if (written > 0) this.file.truncate(before);
    return false;
  }

  #appendAsFits(): number {
    try {
      return this.file.append(this.#entry, 0, this.#entryBytes);
    } catch (error) {
      if (isCoreError(error, 'DISK_FULL')) return 0;
      throw error;
    }
  }
}
