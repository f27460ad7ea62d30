import { beforeEach, expect, test } from '@jest/globals';

import {
  closeSegment,
  createSegment,
  openSegment,
  openSegmentForAppend,
  openSegmentLog,
} from '../../../src/core/segment/segment.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { appendRaw, contentOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const LOG = '/p/00000000000000000007.log';
let fs: MemoryFileSystem;

beforeEach(() => {
  fs = new MemoryFileSystem();
  fs.makeDirectory('/p', 0o700);
  fs.syncDirectory('/');
});

test('a new segment is three empty files, the log last, durable', () => {
  const from = fs.operationCount;
  createSegment(fs, '/p', 7, 0o600);
  const name = '/p/00000000000000000007';
  expect(fs.trace.slice(from)).toEqual([
    ...['.index', '.timeindex', '.log'].flatMap((suffix) => [
      `create ${name}${suffix}`,
      `sync ${name}${suffix}`,
    ]),
    'syncDirectory /p',
  ]);
  expect(fs.crashClone(0).list('/p')).toHaveLength(3);
});

test('indexes that a death left without a log are made anew', () => {
  fs.open('/p/00000000000000000007.index', 'create').append(new Uint8Array(8), 0, 8);
  createSegment(fs, '/p', 7, 0o600);
  expect(contentOf(fs, '/p/00000000000000000007.index')).toHaveLength(0);
});

test('an existing log is never made anew', () => {
  createSegment(fs, '/p', 7, 0o600);
  appendRaw(fs, LOG, Uint8Array.of(1));
  expect(() => createSegment(fs, '/p', 7, 0o600)).toThrow(
    expect.objectContaining({ code: 'FILE_EXISTS' }),
  );
  expect(contentOf(fs, LOG)).toHaveLength(1);
});

test('a reader does without indexes, a writer makes them', () => {
  createSegment(fs, '/p', 7, 0o600);
  fs.removeFile('/p/00000000000000000007.index');
  const before = fs.operationCount;
  const segment = openSegment(fs, '/p', 7);
  expect([segment.offsetIndex, segment.timeIndex === undefined]).toEqual([undefined, false]);
  closeSegment(segment);
  expect(fs.operationCount).toBe(before);
  closeSegment(openSegmentForAppend(fs, '/p', 7, 0o600));
  expect(fs.stat('/p/00000000000000000007.index')?.permissions).toBe(0o600);
});

test('a segment that is gone is not found; its swapped copy stands in', () => {
  expect(() => openSegment(fs, '/p', 7)).toThrow(
    expect.objectContaining({ code: 'FILE_NOT_FOUND' }),
  );
  createSegment(fs, '/p', 7, 0o600);
  fs.rename(LOG, `${LOG}.swap`);
  expect(openSegmentLog(fs, '/p', 7).path).toBe(`${LOG}.swap`);
});

test('where one of its files cannot be opened, none stays open', () => {
  createSegment(fs, '/p', 7, 0o600);
  const faulty = new FaultFileSystem(fs);
  faulty.failWhen(({ kind, path }) =>
    kind === 'read' && path.endsWith('.timeindex') ? 'TOO_MANY_OPEN_FILES' : undefined,
  );
  expect(() => openSegment(faulty, '/p', 7)).toThrow(
    expect.objectContaining({ code: 'TOO_MANY_OPEN_FILES' }),
  );
  expect(faulty.operations.filter(({ kind }) => kind === 'close')).toHaveLength(2);
});
