import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  formatLeaderEpochCheckpoint,
  parseLeaderEpochCheckpoint,
  readLeaderEpochCheckpoint,
  writeLeaderEpochCheckpoint,
} from '../../../src/core/log/leader-epoch-checkpoint.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const parse = (text: string) => parseLeaderEpochCheckpoint(Buffer.from(text), '/p/checkpoint');
const format = (entries: Parameters<typeof formatLeaderEpochCheckpoint>[0]) =>
  Buffer.from(formatLeaderEpochCheckpoint(entries)).toString();

describe('a leader epoch checkpoint', () => {
  test('is written as a fresh broker writes it', () => {
    expect(format([{ epoch: 0, startOffset: 0 }])).toBe('0\n1\n0 0\n');
    expect(format([])).toBe('0\n0\n');
  });

  test('reads back what was written', () => {
    const entries = [
      { epoch: 0, startOffset: 38 },
      { epoch: 3, startOffset: 40 },
      { epoch: 2147483647, startOffset: Number.MAX_SAFE_INTEGER },
    ];
    expect(parse(format(entries))).toEqual(entries);
  });

  test.each([
    ['an empty file, as Kafka creates it', ''],
    ['an explicit count of none', '0\n0\n'],
  ])('has no entries in %s', (_, text) => {
    expect(parse(text)).toEqual([]);
  });

  test('may have the line ends of Windows', () => {
    expect(parse('0\r\n1\r\n2 7\r\n')).toEqual([{ epoch: 2, startOffset: 7 }]);
  });

  test.each([
    ['another version', '1\n1\n0 0\n'],
    ['a missing version', '\n'],
    ['a count that is too high', '0\n2\n0 0\n'],
    ['a count that is too low', '0\n0\n0 0\n'],
    ['no count', '0\n'],
    ['a tail cut off', '0\n1\n0 12'],
    ['a blank line at the end', '0\n1\n0 0\n\n'],
    ['a third number', '0\n1\n0 0 0\n'],
    ['a negative epoch', '0\n1\n-1 0\n'],
    ['an epoch beyond int32', '0\n1\n2147483648 0\n'],
    ['an offset beyond the safe integers', '0\n1\n0 9007199254740992\n'],
    ['words', '0\n1\nzero zero\n'],
    ['the same epoch twice', '0\n2\n1 0\n1 5\n'],
    ['an epoch that falls', '0\n2\n2 0\n1 5\n'],
    ['an offset that falls', '0\n2\n1 5\n2 4\n'],
    ['zeros, as a power cut leaves them', '\0\0\0\0'],
  ])('with %s is damaged, never empty', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
  });

  test('is old or new after a crash at any operation', () => {
    const path = '/p/leader-epoch-checkpoint';
    const old = [{ epoch: 0, startOffset: 0 }];
    const entries = [...old, { epoch: 1, startOffset: 9 }];
    for (let operations = 0; ; operations++) {
      const fs = new MemoryFileSystem();
      fs.makeDirectory('/p', 0o700);
      fs.syncDirectory('/');
      writeLeaderEpochCheckpoint(fs, { path, entries: old, permissions: 0o600, nonce: 'a' });
      fs.crashAfter(operations);
      let isDone = true;
      try {
        writeLeaderEpochCheckpoint(fs, { path, entries, permissions: 0o600, nonce: 'b' });
      } catch {
        isDone = false;
      }
      const found = readLeaderEpochCheckpoint(fs.crashClone(operations), path);
      if (isDone) {
        expect(found).toEqual(entries);
        return;
      }
      expect([old, entries]).toContainEqual(found);
    }
  });
});

const GOLDEN = '../shared/golden/kafka-generated/epochs-0/leader-epoch-checkpoint';
(existsSync(GOLDEN) ? test : test.skip)('reads and writes the bytes of a broker', () => {
  const bytes = readFileSync(GOLDEN);
  const entries = parseLeaderEpochCheckpoint(bytes, GOLDEN);
  expect(entries).toEqual([
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 4 },
    { epoch: 7, startOffset: 10 },
  ]);
  expect(Buffer.from(formatLeaderEpochCheckpoint(entries))).toEqual(bytes);
});
