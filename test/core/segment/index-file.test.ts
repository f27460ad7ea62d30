import { expect, test } from '@jest/globals';

import { OffsetIndex } from '../../../src/core/segment/offset-index.js';
import { FaultFileSystem, type Fault } from '../../support/fault-fs.js';
import { fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test.each<[string, Fault]>([
  ['refused', 'DISK_FULL'],
  ['cut short', { shortWrite: 3 }],
])('an entry that a full disk %s is left out whole', (_, fault) => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const index = new OffsetIndex(fileOf(fs, '/i', new Uint8Array(0)), 0);
  index.append(5, 100);
  fs.failWhen(({ kind }) => (kind === 'append' ? fault : undefined));
  expect(index.append(9, 200)).toBe(false);
  expect([index.isRagged, index.entryCount, index.last()?.offset]).toEqual([false, 1, 5]);
  fs.failWhen(() => undefined);
  expect(index.append(12, 300)).toBe(true);
  expect(index.last()).toEqual({ offset: 12, position: 300 });
});

test('any other failure is told', () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  const index = new OffsetIndex(fileOf(fs, '/i', new Uint8Array(0)), 0);
  fs.failWhen(({ kind }) => (kind === 'append' ? 'IO_ERROR' : undefined));
  expect(() => index.append(5, 100)).toThrow(expect.objectContaining({ code: 'IO_ERROR' }));
});

test.each([
  [0, false],
  [7, true],
  [8, false],
  [9, true],
])('a file of %d bytes is ragged: %p', (sizeBytes, isRagged) => {
  const file = fileOf(new MemoryFileSystem(), '/i', new Uint8Array(sizeBytes));
  expect(new OffsetIndex(file, 0).isRagged).toBe(isRagged);
});
