import { describe, expect, test } from '@jest/globals';

import {
  applyLeftovers,
  planLeftovers,
  removeFiles,
  sweepLeftovers,
} from '../../../src/core/segment/leftovers.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { fileOf } from '../../support/log-fixture.js';
import { CrashSignal, MemoryFileSystem } from '../../support/memory-fs.js';

const [A, B] = ['00000000000000000000', '00000000000000000042'];

describe('what an interrupted change left is brought to an end', () => {
  test.each<[string, string[], string[]]>([
    ['nothing to do', [`${A}.log`, `${A}.index`, 'x'], [`${A}.log`, `${A}.index`, 'x']],
    ['a removal', [`${A}.log.deleted`, `${A}.index.deleted`, `${B}.log`], [`${B}.log`]],
    [
      'an index without a log',
      [`${A}.timeindex`, `${A}.index`, `${A}.txnindex`, `${B}.log`],
      [`${B}.log`],
    ],
    ['half-made by compaction', [`${A}.log`, `${A}.log.cleaned`], [`${A}.log`]],
    ['made whole by compaction', [`${A}.log.swap`, `${A}.index.swap`], [`${A}.log`, `${A}.index`]],
    [
      'a swap after a cleaned one',
      [`${A}.log`, `${A}.log.cleaned`, `${B}.log`, `${B}.log.swap`],
      [`${A}.log`, `${B}.log`],
    ],
    [
      'a swap before a cleaned one',
      [`${A}.log.swap`, `${B}.log`, `${B}.log.cleaned`],
      [`${A}.log`, `${B}.log`],
    ],
    [
      'torn bytes kept aside and snapshots',
      [`${A}.log`, `${A}.log.torn`, `${B}.snapshot`],
      [`${A}.log`, `${A}.log.torn`, `${B}.snapshot`],
    ],
  ])('%s', (_, before, after) => {
    const fs = new MemoryFileSystem();
    fs.makeDirectory('/p', 0o700);
    for (const name of before) fileOf(fs, `/p/${name}`, new Uint8Array(1)).sync();
    fs.syncDirectory('/p');
    fs.syncDirectory('/');
    applyLeftovers(fs, '/p', planLeftovers(fs.list('/p')));
    expect(fs.list('/p').sort()).toEqual([...after].sort());
    // Durable, and at its end.
    expect(fs.crashClone(0).list('/p').sort()).toEqual([...after].sort());
    expect(planLeftovers(fs.list('/p'))).toEqual({ remove: [], rename: [] });
  });
});

describe('a power cut at any operation of that', () => {
  const C = '00000000000000000077';

  test.each<[string, string[], string[]]>([
    [
      'brings in what is whole from the highest offsets on',
      [`${A}.log`, `${A}.log.swap`, `${B}.log.swap`, `${C}.log.swap`],
      [`${A}.log`, `${B}.log`, `${C}.log`],
    ],
    [
      'never brings in what a half-made one condemns',
      [`${A}.log`, `${A}.log.cleaned`, `${B}.log.swap`, `${C}.log.swap`],
      [`${A}.log`],
    ],
  ])('%s', (_, before, after) => {
    for (let count = 0; ; count++) {
      const fs = new MemoryFileSystem();
      fs.makeDirectory('/p', 0o700);
      for (const name of before) fileOf(fs, `/p/${name}`, new Uint8Array(1)).sync();
      fs.syncDirectory('/p');
      fs.syncDirectory('/');
      fs.crashAfter(count);
      let crashed = false;
      try {
        sweepLeftovers(fs, '/p');
      } catch (error) {
        crashed = error instanceof CrashSignal;
      }
      for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const disk = fs.crashClone(seed);
        // Where a segment with higher offsets is still to come, the lowest is the old one.
        const isFirstNew = !disk.list('/p').includes(`${A}.log.swap`) && after.length > 1;
        if (isFirstNew) expect(disk.list('/p')).toEqual(expect.arrayContaining(after));
        sweepLeftovers(disk, '/p');
        expect(disk.list('/p').sort()).toEqual(after);
      }
      if (!crashed) break;
    }
  });
});

test('a file that another process removed first is fine; any other failure is not', () => {
  const fs = new FaultFileSystem(new MemoryFileSystem());
  fs.makeDirectory('/p', 0o700);
  const plan = planLeftovers([`${A}.log.deleted`]);
  applyLeftovers(fs, '/p', plan);
  fs.failWhen(({ kind }) => (kind === 'removeFile' ? 'READ_ONLY' : undefined));
  expect(() => removeFiles(fs, ['/p/x'])).toThrow(expect.objectContaining({ code: 'READ_ONLY' }));
});
