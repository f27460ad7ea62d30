import { describe, expect, test } from '@jest/globals';

import { BatchScanner } from '../../../src/core/segment/batch-scanner.js';
import { batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const FIRST = batchAt(0, ['a', 'b']);
const SECOND = batchAt(2, ['c']);

function scannerOf(bytes: Buffer, chunkBytes?: number): BatchScanner {
  return new BatchScanner(fileOf(new MemoryFileSystem(), '/l', bytes), {
    startPosition: 0,
    endPosition: bytes.length,
    checkCrcFrom: 0,
    expectedOffset: 0,
    chunkBytes,
  });
}

function changed(bytes: Buffer, at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

describe('a scan stops at the first place that is no whole batch, and says why', () => {
  test.each<[string, Buffer]>([
    ['end', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(1)],
    ['zeros', Buffer.alloc(100_000)],
    ['incomplete', SECOND.subarray(0, 9)],
    ['incomplete', SECOND.subarray(0, 17)],
    ['incomplete', SECOND.subarray(0, 61)],
    ['incomplete', SECOND.subarray(0, SECOND.length - 1)],
    ['invalid', changed(SECOND, 16, 3)],
    ['invalid', changed(SECOND, 8, 0, 0, 0, 3)],
    ['unsupported', changed(SECOND, 16, 1)],
    ['bad-crc', changed(SECOND, SECOND.length - 1, 0x55)],
    ['gap', changed(SECOND, 7, 9)],
  ])('%s', (kind, tail) => {
    const scanner = scannerOf(Buffer.concat([FIRST, tail]));
    expect(scanner.next()).toBe(true);
    expect(scanner.next()).toBe(false);
    expect(scanner.next()).toBe(false);
    expect([scanner.stop?.kind, scanner.stop?.position]).toEqual([kind, FIRST.length]);
  });
});

test.each([61, 64, 100, 200, 1000, 70_000])('batches of all sizes pass a buffer of %d', (chunk) => {
  const values = [1, 500, 3, 40_000, 20_000, 60, 90_000, 1].map((size) => 'v'.repeat(size));
  const batches = values.map((value, at) => batchAt(at, [value]));
  const scanner = scannerOf(Buffer.concat(batches), chunk);
  for (const batch of batches) {
    expect(scanner.next()).toBe(true);
    const { bytes, at } = scanner;
    expect(bytes.subarray(at, at + batch.length).equals(batch)).toBe(true);
  }
  expect([scanner.next(), scanner.stop?.kind]).toEqual([false, 'end']);
});

test('a file that grows is scanned on; a half-written batch is read anew', () => {
  const whole = Buffer.concat([FIRST, SECOND]);
  const file = fileOf(new MemoryFileSystem(), '/l', FIRST);
  // The size got there before the bytes did.
  file.append(new Uint8Array(SECOND.length), 0, SECOND.length);
  const scanner = new BatchScanner(file, {
    startPosition: 0,
    endPosition: whole.length,
    checkCrcFrom: 0,
  });
  expect([scanner.next(), scanner.next(), scanner.stop?.kind]).toEqual([true, false, 'zeros']);
  file.truncate(FIRST.length);
  file.append(SECOND, 0, SECOND.length);
  scanner.extend(whole.length);
  expect([scanner.next(), scanner.batch.baseOffset, scanner.position]).toEqual([
    true,
    2,
    FIRST.length,
  ]);
});

test('it never reads past its end, though the file goes on', () => {
  const scanner = new BatchScanner(
    fileOf(new MemoryFileSystem(), '/l', Buffer.concat([FIRST, SECOND])),
    { startPosition: 0, endPosition: FIRST.length, checkCrcFrom: 0 },
  );
  expect([scanner.next(), scanner.next(), scanner.stop?.kind]).toEqual([true, false, 'end']);
});

test('a checksum is not asked below the position that is known to be good', () => {
  const bytes = Buffer.concat([changed(FIRST, FIRST.length - 1, 0x55), SECOND]);
  const file = fileOf(new MemoryFileSystem(), '/l', bytes);
  const from = (checkCrcFrom: number): boolean =>
    new BatchScanner(file, { startPosition: 0, endPosition: bytes.length, checkCrcFrom }).next();
  expect([from(1), from(0)]).toEqual([true, false]);
});

test('offsets that were given out before are passed on; the expected one does not go back', () => {
  const scanner = scannerOf(Buffer.concat([FIRST, batchAt(0, ['ghost']), SECOND]));
  expect([scanner.next(), scanner.next(), scanner.expectedOffset]).toEqual([true, true, 2]);
  expect([scanner.next(), scanner.batch.baseOffset]).toEqual([true, 2]);
});
