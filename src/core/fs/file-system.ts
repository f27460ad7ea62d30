/**
 * The seam between the log and the disk: everything that is stored goes through these two
 * interfaces, so a memory file system can stand in and crash at any operation. All calls are
 * synchronous, but for `syncLater`. Every failure is a CoreError of the file-system group with
 * `details: { path, errno, syscall }`; EINTR is never seen.
 */

/**
 * - `read`: existing file, reading only.
 * - `append`: existing file, reading and appending (every `append` goes to the end: O_APPEND).
 * - `update`: existing file, reading and writing in place.
 * - `create`: a new file (O_EXCL; FILE_EXISTS otherwise), reading and appending.
 *
 * A symbolic link, device, FIFO or directory is refused with NOT_A_REGULAR_FILE and never waited for.
 */
export type OpenMode = 'read' | 'append' | 'update' | 'create';

export type FileKind = 'file' | 'directory' | 'symlink' | 'other';

export interface FileStat {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Permission bits only, e.g. 0o600. */
  readonly permissions: number;
  readonly device: number;
  readonly inode: number;
  readonly ownerId: number;
}

export interface FileSystem {
  open(path: string, mode: OpenMode, permissions?: number): File;
  /** Of the path itself (a link is not followed); undefined only if nothing is there. */
  stat(path: string): FileStat | undefined;
  /**
   * Names in a directory, without `.` and `..`, in no particular order. NOT_A_REGULAR_FILE for a
   * symbolic link, wherever it leads.
   */
  list(path: string): string[];
  /** FILE_EXISTS if it is there already. */
  makeDirectory(path: string, permissions: number): void;
  /** Replaces `to` if it is a file; atomic. Durable only after `syncDirectory` of both parents. */
  rename(from: string, to: string): void;
  /** A second name for a file; FILE_EXISTS if `to` is there. */
  link(from: string, to: string): void;
  removeFile(path: string): void;
  /** Must be empty. */
  removeDirectory(path: string): void;
  /** Makes creations, renames and removals in this directory durable (fsync of the directory). */
  syncDirectory(path: string): void;
  /** Bytes that an ordinary user can still write on the file system that holds `path`. */
  freeBytes(path: string): number;
}

export interface File {
  readonly path: string;
  /**
   * Reads `length` bytes at `position` into `target` from `at`; repeats short reads. Returns the
   * bytes read: fewer than `length` only at the end of the file.
   */
  readAt(target: Uint8Array, at: number, length: number, position: number): number;
  /** ONE write at the end of the file. Returns the bytes written, which may be fewer. */
  append(source: Uint8Array, at: number, length: number): number;
  /** ONE write in place (mode `update`). Returns the bytes written, which may be fewer. */
  writeAt(source: Uint8Array, at: number, length: number, position: number): number;
  truncate(sizeBytes: number): void;
  stat(): FileStat;
  /** fdatasync. After a failure the file's unsynced bytes are lost or uncertain; never retry. */
  sync(): void;
  /** The same on the thread pool; rejects with the same errors. */
  syncLater(): Promise<void>;
  close(): void;
}
