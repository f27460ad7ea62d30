/** Records whose sync was refused, as writers find them that were not there when it was. */
import { beforeEach, describe, expect, test } from '@jest/globals';

import type { Environment } from '../../../src/core/fs/environment.js';
import { readControl, writeKept, writeRunning } from '../../../src/core/log/control-file.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import { FaultFileSystem, type Operation } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  appendSynced,
  batchOf,
  codeOf,
  createPartition,
  environment,
  openWriter,
  overwrite,
  readValues,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';

const LOG = segmentPath(LOCATION.directory, 0, '.log');

let memory: MemoryFileSystem;
let fs: FaultFileSystem;
let locks: MemoryLocks;

beforeEach(() => {
  memory = new MemoryFileSystem();
  createPartition(memory);
  fs = new FaultFileSystem(memory);
  locks = new MemoryLocks(fs);
});

function env(options: { bootId?: string } = {}): Environment {
  return environment(fs, { locks, ...options });
}

async function append(writer: LogWriter, text: string): Promise<void> {
  await appendSynced(writer, [batchOf([text])]);
}

describe('records that the disk has refused to sync, by word of another', () => {
  const refused = async (): Promise<LogWriter> => {
    const writer = openWriter(env());
    await append(writer, 'a');
    await writer.append([batchOf(['b']), batchOf(['c'])], NO_WAIT, () => undefined);
    fs.failWhen(({ kind, path }) => (kind === 'sync' && path === LOG ? 'IO_ERROR' : undefined));
    const range = { firstOffset: 1, endOffset: 3 };
    const reporter = openWriter(env());
    const error = await reporter.recordFailedSync(range, new Error('the disk'), NO_WAIT);
    expect([error.code, error.details]).toMatchObject(['SYNC_FAILED', range]);
    return writer;
  };

  test('are never acknowledged, and the log goes on behind them in a new segment', async () => {
    const writer = await refused();
    expect(await codeOf(() => writer.sync(NO_WAIT))).toBe('SYNC_FAILED');
    expect(readerOf(memory).baseOffsets()).toEqual([0, 3]);
    await append(openWriter(env()), 'd');
    expect(readValues(memory).map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
  });

  test('leave a segment that the next writer rolls, where the disk refused that as well', async () => {
    const isRoll = ({ kind, path }: Operation): boolean =>
      kind === 'create' && path.endsWith('.log');
    fs.failWhen((operation) => (isRoll(operation) ? 'IO_ERROR' : undefined));
    const writer = openWriter(env());
    await append(writer, 'a');
    const range = { firstOffset: 0, endOffset: 1 };
    await openWriter(env()).recordFailedSync(range, new Error('the disk'), NO_WAIT);
    expect(readerOf(memory).baseOffsets()).toEqual([0]);
    fs.failWhen(() => undefined);
    await append(openWriter(env()), 'b');
    expect(readerOf(memory).baseOffsets()).toEqual([0, 1]);
  });

  test('are forgotten when a power cut took them: their offsets are given out anew', async () => {
    await append(openWriter(env()), 'a');
    const lost = memory.crashClone(0);
    const control = lost.open(LOCATION.controlPath, 'update');
    writeKept(control, readControl(control), { failedRanges: [{ firstOffset: 1, endOffset: 9 }] });
    const writer = openWriter(environment(lost, { bootId: 'boot-2' }));
    await appendSynced(writer, [batchOf(['b'])]);
    await appendSynced(writer, [batchOf(['c'])]);
    expect(readerOf(lost, 'boot-2').control()?.failedRanges).toEqual([]);
    expect(readerOf(lost, 'boot-2').baseOffsets()).toEqual([0]);
  });

  test('are not cut off with what was synced behind them', async () => {
    const writer = openWriter(env());
    for (const value of ['a', 'b', 'c']) await append(writer, value);
    writer.close();
    const batchBytes = batchOf(['a']).length;
    overwrite(memory, LOG, batchBytes, Buffer.alloc(batchBytes));
    const control = memory.open(LOCATION.controlPath, 'update');
    const state = writeKept(control, readControl(control), {
      failedRanges: [{ firstOffset: 1, endOffset: 2 }],
    });
    writeRunning(control, writeRunning(control, state, { bootId: 'torn' }), { syncedPosition: 0 });
    await append(openWriter(env({ bootId: 'boot-2' })), 'd');
    const cursor = readerOf(memory, 'boot-2').openAt(0);
    expect([cursor.next(), cursor.next(), cursor.takeGap()]).toMatchObject([
      true,
      false,
      { firstOffset: 1, endOffset: 2, reason: 'unsynced' },
    ]);
    expect(readValues(memory, { from: 2, bootId: 'boot-2' }).map(({ value }) => value)).toEqual([
      'c',
      'd',
    ]);
  });
});
