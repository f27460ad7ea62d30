import { describe, expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';

import { BatchScanner } from '../../../src/core/segment/batch-scanner.js';
import { SegmentTail } from '../../../src/core/segment/segment-tail.js';
import { type TailContext, judgeTail } from '../../../src/core/segment/tail-verdict.js';
import type { File } from '../../../src/core/fs/file-system.js';
import { batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const FIRST = batchAt(0, ['a', 'b']);
const SECOND = batchAt(2, ['c'.repeat(20)]);
const THIRD = batchAt(3, ['d', 'e']);
const P = FIRST.length;

function changed(bytes: Buffer, at: number, ...values: number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

function verdictOf(parts: readonly Buffer[], context: Partial<TailContext> = {}): string {
  const bytes = Buffer.concat(parts);
  const log = fileOf(new MemoryFileSystem(), '/l', bytes);
  const scanner = new BatchScanner(log, {
    startPosition: 0,
    endPosition: bytes.length,
    checkCrcFrom: 0,
    expectedOffset: 0,
  });
  const tail = new SegmentTail(0);
  while (scanner.next()) tail.nextOffset = scanner.batch.nextOffset;
  const verdict = judgeTail(
    log,
    { tail, stop: scanner.stop!, ghostCount: 0 },
    { syncedPosition: 0, afterPowerCut: false, ...context },
  );
  if (verdict.kind !== 'damaged') return verdict.kind;
  return `damaged, resumes at ${verdict.resumesAt}, ends at ${verdict.endOffset}`;
}

const LOST = 'damaged, resumes at undefined, ends at undefined';
const RESUMES = `damaged, resumes at ${P + SECOND.length}, ends at 5`;
const BAD_CRC = changed(SECOND, SECOND.length - 3, 0);
const BAD_MAGIC = changed(SECOND, 16, 77);
const LENGTH_UP = changed(SECOND, 9, 1);
/** A record whose value is a batch, as somebody makes who keeps logs in a log. */
const NESTED = batchAt(2, [batchAt(9, ['inner']).toString('latin1')]);

describe('under the same boot', () => {
  test.each<[string, Buffer[], string, string]>([
    ['nothing more', [], 'whole', 'whole'],
    ['a part of a batch', [SECOND.subarray(0, 70)], 'unfinished', LOST],
    ['a part of a header', [SECOND.subarray(0, 3)], 'unfinished', LOST],
    ['zeros to the end', [Buffer.alloc(5000)], 'unfinished', LOST],
    ['a wrong checksum, nothing after', [BAD_CRC], 'unfinished', LOST],
    ['a wrong checksum, a good batch after', [BAD_CRC, THIRD], RESUMES, RESUMES],
    ['an impossible header, nothing after', [BAD_MAGIC], 'unfinished', LOST],
    ['an impossible header, a good batch after', [BAD_MAGIC, THIRD], RESUMES, RESUMES],
    ['a wrong checksum, an old batch after', [BAD_CRC, FIRST], 'unfinished', LOST],
    ['a length that leads past the end, a good batch after', [LENGTH_UP, THIRD], RESUMES, RESUMES],
    [
      'a length that leads to the end',
      [changed(SECOND, 11, SECOND.length - 12 + THIRD.length), THIRD],
      RESUMES,
      RESUMES,
    ],
    [
      'a part of a batch that holds a batch',
      [NESTED.subarray(0, NESTED.length - 1)],
      'unfinished',
      LOST,
    ],
    ['offsets missing', [THIRD], LOST, LOST],
    ['an old format', [changed(SECOND, 16, 1)], LOST, LOST],
  ])('%s', (_, tail, beyondSynced, belowSynced) => {
    expect(verdictOf([FIRST, ...tail])).toBe(beyondSynced);
    expect(verdictOf([FIRST, ...tail], { syncedPosition: P })).toBe(beyondSynced);
    expect(verdictOf([FIRST, ...tail], { syncedPosition: P + 1 })).toBe(belowSynced);
  });
});

describe('after a power cut the first bad batch past the synced position is the end', () => {
  test.each<[string, Buffer[]]>([
    ['a part of a batch', [SECOND.subarray(0, 70)]],
    ['a wrong checksum, a good batch after', [BAD_CRC, THIRD]],
    ['an impossible header, a good batch after', [BAD_MAGIC, THIRD]],
    ['offsets missing', [THIRD]],
    [
      'half a header and zeros, which looks like an old format',
      [SECOND.subarray(0, 14), Buffer.alloc(80)],
    ],
  ])('%s', (_, tail) => {
    const parts = [FIRST, ...tail];
    expect(verdictOf(parts, { afterPowerCut: true, syncedPosition: P })).toBe('unfinished');
    expect(verdictOf(parts, { afterPowerCut: true, syncedPosition: P + 1 })).toMatch(/^damaged/);
  });
});

test('a segment of an old format is never cut; garbage that looks like one is', () => {
  const old = Buffer.from('00000000000000000000000fe4e6b5dd0000ffffffff0000000178', 'hex');
  old.writeUInt32BE(crc32(old.subarray(16)), 12);
  expect(verdictOf([changed(batchAt(0, ['x']), 12, 1, 2, 3, 4, 1)], { afterPowerCut: true })).toBe(
    'unfinished',
  );
  expect(verdictOf([old], { afterPowerCut: true })).toMatch(/^damaged/);
});

test('the end lies behind further damage', () => {
  const [fourth, fifth] = [batchAt(5, ['f']), batchAt(6, ['g'])];
  const parts = [FIRST, BAD_CRC, THIRD, changed(fourth, fourth.length - 3, 0), fifth];
  expect(verdictOf(parts)).toBe(`damaged, resumes at ${P + SECOND.length}, ends at 7`);
});

describe('behind further damage no offset that may have been acknowledged is given again', () => {
  const fourth = batchAt(5, ['f']);
  const lastBad = changed(fourth, fourth.length - 3, 0);
  const head = [FIRST, BAD_CRC, THIRD];
  const upToLast = Buffer.concat([...head, fourth]).length;

  test.each<[string, Buffer[], number, string]>([
    [
      'a bad last batch',
      [lastBad],
      upToLast,
      `damaged, resumes at ${P + SECOND.length}, ends at undefined`,
    ],
    [
      'zeros',
      [Buffer.alloc(80)],
      upToLast,
      `damaged, resumes at ${P + SECOND.length}, ends at undefined`,
    ],
    ['an append that was never finished', [fourth.subarray(0, 65)], 0, RESUMES],
    [
      'a wrong length that leads to the end',
      [changed(fourth, 11, fourth[11]! + batchAt(6, ['g']).length), batchAt(6, ['g'])],
      0,
      `damaged, resumes at ${P + SECOND.length}, ends at 7`,
    ],
  ])('%s', (_, rest, syncedPosition, expected) => {
    expect(verdictOf([...head, ...rest], { syncedPosition })).toBe(expected);
  });
});

test('what follows a length that is damaged, and more, is not read again for each good batch', () => {
  const readFor = (batchCount: number): number => {
    const batches = Array.from({ length: batchCount }, (_, at) => batchAt(at + 1, ['f']));
    const bytes = Buffer.concat([changed(batchAt(0, ['a']), 9, 0x7f, 1), ...batches]);
    bytes[65]! ^= 1;
    const log = fileOf(new MemoryFileSystem(), '/l', bytes);
    let readBytes = 0;
    const counted = {
      stat: () => log.stat(),
      readAt: (target: Uint8Array, at: number, length: number, position: number) => {
        const read = log.readAt(target, at, length, position);
        readBytes += read;
        return read;
      },
    } as unknown as File;
    const stop = { kind: 'incomplete', position: 0, reason: '' } as const;
    const scan = { tail: new SegmentTail(0), stop, ghostCount: 0 };
    judgeTail(counted, scan, { syncedPosition: bytes.length, afterPowerCut: false });
    return readBytes;
  };
  // Some 4 KiB for each, to see that it is one; and the search is made twice.
  expect(readFor(4000)).toBeLessThan(4000 * 12 * 1024);
});
