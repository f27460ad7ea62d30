/** The one place where errno becomes a CoreError. Only ENOENT and ESTALE ever mean "not there". */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

import { CoreError } from '../errors.js';
import type { ErrorCode } from '../errors.js';

interface Meaning {
  readonly code: ErrorCode;
  readonly reason: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: 'FILE_NOT_FOUND', reason: 'no such file or directory' },
  // A network file system's way of saying that the file was removed while it was open.
  ESTALE: { code: 'FILE_NOT_FOUND', reason: 'the file was removed' },
  EEXIST: { code: 'FILE_EXISTS', reason: 'it exists already' },
  ENOTEMPTY: { code: 'FILE_EXISTS', reason: 'the directory is not empty' },
  // O_NOFOLLOW met a symbolic link.
  ELOOP: { code: 'NOT_A_REGULAR_FILE', reason: 'it is a symbolic link' },
  EISDIR: { code: 'NOT_A_REGULAR_FILE', reason: 'it is a directory' },
  ENOTDIR: { code: 'NOT_A_REGULAR_FILE', reason: 'not a directory' },
  // O_NONBLOCK met a socket, or a device that is not there.
  ENXIO: { code: 'NOT_A_REGULAR_FILE', reason: 'it is not a regular file' },
  EACCES: { code: 'PERMISSION_DENIED', reason: 'permission denied' },
  EPERM: { code: 'PERMISSION_DENIED', reason: 'operation not permitted' },
  EROFS: { code: 'READ_ONLY', reason: 'the file system is read-only' },
  ENOSPC: { code: 'DISK_FULL', reason: 'no space left on the device' },
  EDQUOT: { code: 'DISK_FULL', reason: 'the disk quota is used up' },
  EFBIG: { code: 'DISK_FULL', reason: 'the file would be larger than the limit' },
  EMFILE: { code: 'TOO_MANY_OPEN_FILES', reason: 'too many open files in this process' },
  // A network file system whose server runs no lock service.
  ENOLCK: { code: 'IO_ERROR', reason: 'the file system has no locks to give (ENOLCK)' },
  ENFILE: { code: 'TOO_MANY_OPEN_FILES', reason: 'too many open files on this system' },
};

/** What a failed system call looks like, whichever realm its Error came from. */
export interface SystemError {
  readonly code: string;
  /** Negative. */
  readonly errno?: number;
  readonly syscall?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return (
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
  );
}

export function hasErrno(error: unknown, ...names: readonly string[]): boolean {
  return isSystemError(error) && names.includes(error.code);
}

/**
 * `cannot <action> <path>: <reason>`, with `details: { path, errno, syscall }`. What is not the error
 * of a system call (a bug, a CoreError, a crash of the test file system) comes back as it is.
 */
export function fileError(action: string, path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error;
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const { syscall } = error;
  const { code, reason } = MEANINGS[errno] ?? { code: 'IO_ERROR', reason: describeErrno(errno) };
  return new CoreError(code, `cannot ${action} ${path}: ${reason}`, {
    details: { path, errno, syscall },
    cause: error,
  });
}

/**
 * libuv knows no names for EDQUOT, ESTALE, ENOLCK and others: Node calls them UNKNOWN, the lock addon
 * "Unknown system error -37". Their number is what is left.
 */
function errnoOf({ code, errno }: SystemError): string | undefined {
  if (/^E[A-Z0-9]+$/.test(code)) return code;
  const number =
    code === 'UNKNOWN' ? errno : Number(/^Unknown system error (-\d+)$/.exec(code)?.[1]);
  if (number === undefined || Number.isNaN(number)) return undefined;
  const known = Object.entries(constants.errno).find(([, value]) => value === -number);
  return known?.[0] ?? `errno ${-number}`;
}

function describeErrno(errno: string): string {
  for (const [name, message] of getSystemErrorMap().values()) {
    if (name === errno) return `${message} (${errno})`;
  }
  return errno;
}

/**
 * Runs one system call, again when a signal interrupted it: Node repeats every call but read and
 * pread, whose EINTR it hands to the caller (measured with Node 20).
 */
export function systemCall<T>(action: string, path: string, call: () => T): T {
  for (;;) {
    try {
      return call();
    } catch (error) {
      if (!hasErrno(error, 'EINTR')) throw fileError(action, path, error);
    }
  }
}
