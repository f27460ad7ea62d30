import { beforeEach, expect, test } from '@jest/globals';

import { PartitionStream, type StreamRange } from '../../../src/core/consumer/partition-stream.js';
import { RecordMerge } from '../../../src/core/consumer/record-merge.js';
import { CoreError } from '../../../src/core/errors.js';
import {
  LOCATION,
  NO_WAIT,
  appendSynced,
  batchOf,
  codeOf,
  createPartition,
  environment,
  openWriter,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

let fs: MemoryFileSystem;

beforeEach(async () => {
  fs = new MemoryFileSystem();
  createPartition(fs);
  await appendSynced(openWriter(environment(fs)), [batchOf(['a', 'b', 'c']), batchOf(['d', 'e'])]);
});

const ALL: StreamRange = {
  fromOffset: 0,
  untilOffset: 5,
  untilTimestamp: Infinity,
  damage: undefined,
};

function streamOf(range: Partial<StreamRange> = {}): PartitionStream {
  return new PartitionStream(
    { topic: 't', partition: 0, reader: readerOf(fs) },
    { ...ALL, ...range },
  );
}

function offsets(stream: PartitionStream): number[] {
  const found: number[] = [];
  while (stream.advance() === 'record') found.push(stream.record.offset);
  return found;
}

test.each([
  [0, 5, [0, 1, 2, 3, 4]],
  [1, 4, [1, 2, 3]],
  [2, 2, []],
  [4, 3, []],
])('from %d until %d', (fromOffset, untilOffset, expected) => {
  const stream = streamOf({ fromOffset, untilOffset });
  expect([offsets(stream), stream.advance()]).toEqual([expected, 'done']);
  expect(stream.directory).toBe(LOCATION.directory);
});

test('one that follows is idle at the end', async () => {
  const stream = streamOf({ untilOffset: Infinity });
  expect([offsets(stream).length, stream.advance()]).toEqual([5, 'idle']);
  await appendSynced(openWriter(environment(fs)), [batchOf(['f'])]);
  expect(offsets(stream)).toEqual([5]);
});

test('damage is raised after all before it was given out', async () => {
  const stream = streamOf({ untilOffset: 2, damage: new CoreError('SEGMENT_CORRUPT', 'bad') });
  expect([stream.advance(), stream.advance()]).toEqual(['record', 'record']);
  expect(await codeOf(() => stream.advance())).toBe('SEGMENT_CORRUPT');
});

test('what was pruned is told no further than the range', async () => {
  const stream = streamOf({ untilOffset: 2 });
  await openWriter(environment(fs)).trim(4, NO_WAIT);
  expect([offsets(stream), stream.gaps]).toEqual([
    [],
    [{ firstOffset: 0, endOffset: 2, reason: 'pruned' }],
  ]);
});

test('a merge that has given all is done', () => {
  const merge = new RecordMerge([streamOf(), streamOf({ fromOffset: 3 })]);
  const found: number[] = [];
  for (let record = merge.next(); record; record = merge.next()) found.push(record.offset);
  expect(found.sort()).toEqual([0, 1, 2, 3, 3, 4, 4]);
  expect(merge.isDone).toBe(true);
});
