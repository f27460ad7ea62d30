import { describe, expect, test } from '@jest/globals';

import { BatchScanner } from '../../../src/core/segment/batch-scanner.js';
import { type Resumption, findBehind } from '../../../src/core/segment/resumption.js';
import { batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const FIRST = batchAt(0, ['a', 'b']);
const SECOND = batchAt(2, ['c'.repeat(20)]);
const THIRD = batchAt(3, ['d', 'e']);

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 2]! ^= 1;
  return copy;
}

function behindFirstStop(...parts: Buffer[]): Resumption | undefined {
  const bytes = Buffer.concat(parts);
  const log = fileOf(new MemoryFileSystem(), '/l', bytes);
  const scanner = new BatchScanner(log, {
    startPosition: 0,
    endPosition: bytes.length,
    checkCrcFrom: 0,
    expectedOffset: 0,
  });
  let dueOffset = 0;
  while (scanner.next()) dueOffset = scanner.batch.nextOffset;
  return findBehind(log, { stop: scanner.stop!, dueOffset });
}

describe('reading goes on', () => {
  test('at the next good batch', () => {
    const position = FIRST.length + SECOND.length;
    expect(behindFirstStop(FIRST, damaged(SECOND), THIRD)).toEqual({ position, baseOffset: 3 });
  });

  test('at the batch behind missing offsets, if what follows bears it out', () => {
    const place = { position: FIRST.length, baseOffset: 3 };
    expect(behindFirstStop(FIRST, THIRD, batchAt(5, ['f']))).toEqual(place);
    expect(behindFirstStop(FIRST, THIRD)).toBeUndefined();
  });

  test('behind a batch whose base offset the next one refutes', () => {
    const far = batchAt(40, ['c'.repeat(20)]);
    const position = FIRST.length + SECOND.length;
    expect(behindFirstStop(FIRST, far, THIRD)).toEqual({ position, baseOffset: 3 });
  });

  test('nowhere, if nothing good follows', () => {
    expect(behindFirstStop(FIRST, damaged(SECOND))).toBeUndefined();
    expect(behindFirstStop(FIRST, Buffer.alloc(300))).toBeUndefined();
  });
});
