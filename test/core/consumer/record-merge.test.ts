import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { PartitionStream, StreamState } from '../../../src/core/consumer/partition-stream.js';
import { RecordMerge } from '../../../src/core/consumer/record-merge.js';

/** Stands at each time in turn; `undefined`: nothing for now. */
class TimeStream {
  readonly record: { timestamp: number; topic: string; partition: number; at: number };
  readonly takenAt: number[] = [];
  readonly #times: (number | undefined)[];

  constructor(times: readonly (number | undefined)[], partition: number) {
    this.#times = [...times];
    this.record = { timestamp: 0, topic: 't', partition, at: -1 };
  }

  take(): void {
    this.takenAt.push(this.record.at);
  }

  advance(): StreamState {
    if (this.#times.length === 0) return 'done';
    const timestamp = this.#times.shift();
    if (timestamp === undefined) return 'idle';
    this.record.timestamp = timestamp;
    this.record.at++;
    return 'record';
  }
}

function mergeOf(streams: readonly TimeStream[]): RecordMerge {
  return new RecordMerge(streams as unknown as PartitionStream[]);
}

test('records come by time, those of one partition in their own order, none twice or never', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 6 }), { maxLength: 7 }),
      (all) => {
        const merge = mergeOf(all.map((times, partition) => new TimeStream(times, partition)));
        const next = all.map(() => 0);
        for (let left = all.flat().length; left > 0; left--) {
          const heads = all.flatMap((times, partition) => times[next[partition]!] ?? []);
          const { timestamp, partition } = merge.next()!;
          expect(timestamp).toBe(Math.min(...heads));
          const first = all.findIndex((times, at) => times[next[at]!] === timestamp);
          expect(partition).toBe(first);
          next[partition]!++;
        }
        expect([merge.next(), merge.isDone]).toEqual([undefined, true]);
      },
    ),
    { numRuns: 200 },
  );
});

test('an idle stream is asked again when the others have nothing either', () => {
  const merge = mergeOf([new TimeStream([1, undefined, 2], 0), new TimeStream([5], 1)]);
  const times = Array.from({ length: 4 }, () => merge.next()?.timestamp);
  expect(times).toEqual([1, 5, 2, undefined]);
  expect(merge.isDone).toBe(true);
});
