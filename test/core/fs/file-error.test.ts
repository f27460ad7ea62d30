import { describe, expect, test } from '@jest/globals';
import { constants } from 'node:os';

import { fileError, hasErrno, systemCall } from '../../../src/core/fs/file-error.js';

function errnoError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'open', errno: -1 });
}

describe('fileError', () => {
  test.each([
    ['ENOENT', 'FILE_NOT_FOUND', 'no such file or directory'],
    ['ESTALE', 'FILE_NOT_FOUND', 'the file was removed'],
    ['EEXIST', 'FILE_EXISTS', 'it exists already'],
    ['ENOTEMPTY', 'FILE_EXISTS', 'the directory is not empty'],
    ['ELOOP', 'NOT_A_REGULAR_FILE', 'it is a symbolic link'],
    ['EISDIR', 'NOT_A_REGULAR_FILE', 'it is a directory'],
    ['ENOTDIR', 'NOT_A_REGULAR_FILE', 'not a directory'],
    ['EACCES', 'PERMISSION_DENIED', 'permission denied'],
    ['EPERM', 'PERMISSION_DENIED', 'operation not permitted'],
    ['EROFS', 'READ_ONLY', 'the file system is read-only'],
    ['ENOSPC', 'DISK_FULL', 'no space left on the device'],
    ['EDQUOT', 'DISK_FULL', 'the disk quota is used up'],
    ['EFBIG', 'DISK_FULL', 'the file would be larger than the limit'],
    ['EMFILE', 'TOO_MANY_OPEN_FILES', 'too many open files in this process'],
    ['ENFILE', 'TOO_MANY_OPEN_FILES', 'too many open files on this system'],
    ['EIO', 'IO_ERROR', 'i/o error (EIO)'],
    ['ENEWINVENTED', 'IO_ERROR', 'ENEWINVENTED'],
  ])('%s is %s', (errno, code, reason) => {
    const cause = errnoError(errno);
    expect(fileError('open', '/a/b', cause)).toMatchObject({
      code,
      message: `cannot open /a/b: ${reason}`,
      details: { path: '/a/b', errno, syscall: 'open' },
      cause,
    });
  });

  // libuv has no names for them; a full quota and a network file system without locks are real.
  describe.each([
    ['"UNKNOWN"', (number: number) => ({ code: 'UNKNOWN', errno: -number })],
    ['"Unknown system error"', (number: number) => ({ code: `Unknown system error -${number}` })],
  ])('%s is told by its number', (_name, fields) => {
    test.each([
      [constants.errno.EDQUOT, 'EDQUOT', 'DISK_FULL', 'the disk quota is used up'],
      [constants.errno.ESTALE, 'ESTALE', 'FILE_NOT_FOUND', 'the file was removed'],
      [
        constants.errno.ENOLCK,
        'ENOLCK',
        'IO_ERROR',
        'the file system has no locks to give (ENOLCK)',
      ],
      [4000, 'errno 4000', 'IO_ERROR', 'errno 4000'],
    ])('%i is %s', (number, errno, code, reason) => {
      const error = Object.assign(new Error('unknown'), fields(number));
      expect(fileError('lock', '/a', error)).toMatchObject({
        code,
        message: `cannot lock /a: ${reason}`,
        details: { path: '/a', errno },
      });
    });
  });

  test.each([
    ['a bug', new TypeError('x is not a function')],
    ['a bug that Node found', Object.assign(new RangeError('x'), { code: 'ERR_OUT_OF_RANGE' })],
    ['something that is no error', 7],
  ])('%s stays what it is', (_name, error) => {
    expect(fileError('open', '/a', error)).toBe(error);
  });
});

describe('systemCall', () => {
  test('repeats a call that a signal interrupted', () => {
    let left = 3;
    const read = (): number => {
      if (left-- > 0) throw errnoError('EINTR');
      return 42;
    };
    expect(systemCall('read', '/a', read)).toBe(42);
  });

  test('throws any other failure as a CoreError, once', () => {
    let calls = 0;
    const fail = (): never => {
      calls++;
      throw errnoError('EIO');
    };
    expect(() => systemCall('read', '/a', fail)).toThrow('cannot read /a: i/o error (EIO)');
    expect(calls).toBe(1);
  });
});

test('hasErrno compares names', () => {
  expect(hasErrno(errnoError('EPERM'), 'EACCES', 'EPERM')).toBe(true);
  expect(hasErrno(errnoError('EPERM'), 'EACCES')).toBe(false);
  expect(hasErrno(undefined, 'EPERM')).toBe(false);
});
