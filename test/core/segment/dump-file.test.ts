import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NodeFileSystem } from '../../../src/core/fs/node-fs.js';
import type { DumpEntry } from '../../../src/core/segment/dump-entry.js';
import { dumpFile, hasDumpedSuffix } from '../../../src/core/segment/dump-file.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { entriesOf } from './dumping.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/kafka-4.3.1');

function dump(path: string, bytes: Uint8Array = Buffer.alloc(0)): DumpEntry[] {
  const fs = new MemoryFileSystem();
  const file = fs.open(path, 'create');
  if (bytes.length > 0) file.append(bytes, 0, bytes.length);
  file.close();
  return entriesOf(dumpFile(fs, path, { deep: true }));
}

test('a log begins with its base offset, if it is named by one', () => {
  expect(dump('/00000000000000000042.log')).toEqual([
    { kind: 'file', file: '/00000000000000000042.log' },
    { kind: 'log-start', offset: 42 },
  ]);
  expect(dump('/copy.log')).toEqual([{ kind: 'file', file: '/copy.log' }]);
});

test('an index without its log is shown, and not compared', () => {
  expect(dump('/00000000000000000042.index', Buffer.from('0000000100000002', 'hex'))).toMatchObject(
    [
      { kind: 'file' },
      { kind: 'note', reason: expect.stringContaining('not beside it') },
      { kind: 'offset-entry', offset: 43, position: 2 },
    ],
  );
});

test.each(['/a.txt', '/00000000000000000042.checkpoint', '/log', '/x.log.deleted'])(
  '%s is no file of a segment',
  (path) => {
    expect(hasDumpedSuffix(path)).toBe(false);
    expect(() => dump(path)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  },
);

test('an index must be named by its base offset', () => {
  expect(() => dump('/copy.timeindex')).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('a file that is not there is an error', () => {
  const steps = dumpFile(new MemoryFileSystem(), '/1.log', { deep: false });
  expect(() => steps.next()).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }));
});

describe('what a broker wrote', () => {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter(
    hasDumpedSuffix,
  );

  test('is there in every kind', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test('holds no damage', () => {
    for (const file of files) {
      const entries = dumpFile(new NodeFileSystem(), join(FIXTURES, file), { deep: true });
      for (const { kind } of entries) expect(`${file}: ${kind}`).not.toContain('damage');
    }
  });
});
