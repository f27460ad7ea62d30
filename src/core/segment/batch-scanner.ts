/**
 * Walks the batches of a `.log` from a position onward, in one reused buffer.
 *
 * A scan never trusts a length: it stops, and says where and why, at the first place that is not a
 * whole, well-formed batch. What that means is for the caller to decide, for it depends on where the
 * scan stands: in the tail of the active segment it is an append that is under way or was torn,
 * anywhere else it is damage. (Kafka: FileLogInputStream, LogSegment.recover.)
 */
import { type HeaderFault, checkBatchHeader, readBatchSizeBytes } from '../batch/batch-header.js';
import { HEADER_BYTES } from '../batch/format.js';
import { RecordBatch } from '../batch/record-batch.js';
import type { File } from '../fs/file-system.js';

/**
 * - `end`: the position is the end of what was to be scanned.
 * - `incomplete`: a batch begins here whose end lies past the end of the file.
 * - `zeros`: nothing but zeros from here to the end of the file.
 * - `invalid`: the header is impossible (`reason` says why).
 * - `bad-crc`: the batch's checksum is wrong.
 * - `unsupported`: a batch of the message formats v0 or v1.
 * - `gap`: the batch is whole, but offsets before it are missing. The base offset is not under the
 *   checksum, so this is also what a torn or flipped one looks like.
 */
export type StopKind =
  'end' | 'incomplete' | 'zeros' | 'invalid' | 'bad-crc' | 'unsupported' | 'gap';

export interface ScanStop {
  readonly kind: StopKind;
  readonly position: number;
  readonly reason: string;
}

export interface ScanOptions {
  readonly startPosition: number;
  /** The scan never reads at or past this position: a file may grow under it. */
  readonly endPosition: number;
  /** Checksums are checked for batches that begin at or past this position. */
  readonly checkCrcFrom: number;
  readonly expectedOffset?: number;
  readonly chunkBytes?: number | undefined;
}

export const DEFAULT_CHUNK_BYTES = 256 * 1024;

export class BatchScanner {
  readonly #file: File;
  #buffer: Buffer;
  #view: DataView;
  /** File position of the buffer's first byte, and how many bytes of it are loaded. */
  #bufferPosition = 0;
  #loadedBytes = 0;
  #position = 0;
  #endPosition = 0;
  #checkCrcFrom = 0;
  #stop: ScanStop | undefined;
  #at = 0;
  #sizeBytes = 0;

  /**
   * The base offset that the next batch must not exceed; undefined: any may follow. Moved along by
   * `next`. Batches with lower offsets are not stopped at: they are the caller's to pass over.
   */
  expectedOffset: number | undefined;

  /** The current batch; a view of the scanner's buffer, valid until the next call of `next`. */
  readonly batch: RecordBatch;

  constructor(file: File, options: ScanOptions) {
    this.#file = file;
    this.#buffer = Buffer.allocUnsafeSlow(options.chunkBytes ?? DEFAULT_CHUNK_BYTES);
    this.#view = viewOf(this.#buffer);
    this.batch = new RecordBatch(this.#view, 0);
    this.restart(options);
  }

  /** Begins another scan of the same file in the same buffer; nothing that was read is kept. */
  restart(options: ScanOptions): void {
    this.#position = options.startPosition;
    this.#endPosition = options.endPosition;
    this.#checkCrcFrom = options.checkCrcFrom;
    this.#bufferPosition = options.startPosition;
    this.#loadedBytes = 0;
    this.#sizeBytes = 0;
    this.#stop = undefined;
    this.expectedOffset = options.expectedOffset;
  }

  /** More of the file may be scanned from now on; a scan that had stopped goes on where it stood. */
  extend(endPosition: number): void {
    this.#endPosition = endPosition;
    this.#stop = undefined;
    // What stood behind the last whole batch may have been read while it was being written.
    this.#loadedBytes = Math.min(this.#loadedBytes, this.nextPosition - this.#bufferPosition);
  }

  /** Position of the current batch's first byte. */
  get position(): number {
    return this.#position;
  }

  /** Position behind the current batch; before the first `next` the start of the scan. */
  get nextPosition(): number {
    return this.#position + this.#sizeBytes;
  }

  /** The buffer that holds the current batch, and where it begins there. */
  get bytes(): Buffer {
    return this.#buffer;
  }

  get at(): number {
    return this.#at;
  }

  /** Why the last `next` returned false. */
  get stop(): ScanStop | undefined {
    return this.#stop;
  }

  /** Moves to the next whole batch; false at the first place where there is none. */
  next(): boolean {
    if (this.#stop !== undefined) return false;
    const position = this.nextPosition;
    const available = this.#endPosition - position;
    if (available <= 0) return this.#stopAt('end', position, 'end of the segment');
    this.#load(position, Math.min(HEADER_BYTES, available));
    const headerAt = position - this.#bufferPosition;
    const isShort = this.#loadedBytes - headerAt < Math.min(HEADER_BYTES, available);
    if (isShort) return this.#stopAtTail(position, available, undefined);
    const fault = checkBatchHeader(this.#view, headerAt, available);
    if (fault !== undefined) return this.#stopAtTail(position, available, fault);
    const sizeBytes = readBatchSizeBytes(this.#view, headerAt);
    this.#load(position, sizeBytes);
    if (this.#loadedBytes - (position - this.#bufferPosition) < sizeBytes) {
      return this.#stopAtTail(position, available, undefined);
    }
    this.#at = position - this.#bufferPosition;
    this.batch.moveTo(this.#at);
    if (position >= this.#checkCrcFrom && !this.batch.hasValidCrc()) {
      return this.#stopAt('bad-crc', position, 'the checksum is wrong');
    }
    const expected = this.expectedOffset;
    if (expected !== undefined) {
      const { baseOffset, nextOffset } = this.batch;
      if (baseOffset > expected) {
        return this.#stopAt(
          'gap',
          position,
          `offsets ${expected} to ${baseOffset - 1} are missing`,
        );
      }
      this.expectedOffset = Math.max(expected, nextOffset);
    }
    this.#position = position;
    this.#sizeBytes = sizeBytes;
    return true;
  }

  /** Makes bytes [position, position + length) present in the buffer, as far as the file has them. */
  #load(position: number, length: number): void {
    let at = position - this.#bufferPosition;
    if (at + length <= this.#loadedBytes) return;
    const kept = Math.max(this.#loadedBytes - at, 0);
    if (at > 0 && at + length > this.#buffer.length) {
      if (kept > 0 && length <= this.#buffer.length) this.#buffer.copyWithin(0, at, at + kept);
      else if (kept > 0) this.#grow(length, at, kept);
      this.#bufferPosition = position;
      this.#loadedBytes = kept;
      at = 0;
    }
    if (length > this.#buffer.length) this.#grow(length, 0, kept);
    const readFrom = this.#bufferPosition + this.#loadedBytes;
    const wanted = Math.min(
      this.#buffer.length - this.#loadedBytes,
      Math.max(this.#endPosition - readFrom, 0),
    );
    this.#loadedBytes += this.#file.readAt(this.#buffer, this.#loadedBytes, wanted, readFrom);
  }

  #grow(length: number, keptFrom: number, keptBytes: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.#buffer.length));
    this.#buffer.copy(larger, 0, keptFrom, keptFrom + keptBytes);
    this.#buffer = larger;
    this.#view = viewOf(larger);
    this.batch.moveTo(0, this.#view);
  }

  #stopAt(kind: StopKind, position: number, reason: string): false {
    this.#stop = { kind, position, reason };
    return false;
  }

  /** A place that is no whole batch: zeros to the end, an impossible header, or a part of a batch. */
  #stopAtTail(position: number, available: number, fault: HeaderFault | undefined): false {
    if (onlyZeros(this.#file, position, this.#endPosition)) {
      return this.#stopAt('zeros', position, `${available} zero bytes`);
    }
    if (fault === undefined || fault.kind === 'incomplete') {
      return this.#stopAt('incomplete', position, `only ${available} bytes of a batch`);
    }
    const kind = fault.kind === 'unsupported' ? 'unsupported' : 'invalid';
    return this.#stopAt(kind, position, fault.reason);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function onlyZeros(file: File, from: number, to: number): boolean {
  const chunk = new Uint8Array(Math.min(64 * 1024, to - from));
  for (let position = from; position < to;) {
    const read = file.readAt(chunk, 0, Math.min(chunk.length, to - position), position);
    if (read === 0) return true;
    for (let at = 0; at < read; at++) if (chunk[at] !== 0) return false;
    position += read;
  }
  return true;
}
