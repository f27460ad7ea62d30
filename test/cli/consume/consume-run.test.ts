import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConsumeRun, consumeAll } from '../../../src/cli/consume/consume-run.js';
import type { Gap } from '../../../src/core/index.js';
import { valueFormat } from '../../../src/view/records/plain-formats.js';
import { RecordPrinter } from '../../../src/view/records/record-printer.js';
import { MemoryPartition } from './partition.js';

/** Takes its time with every write, and looks at the bytes only then: they must be its own so long. */
class SlowOutput {
  text = '';
  writeCount = 0;
  flushCount = 0;

  async write(bytes: Uint8Array): Promise<void> {
    await sleep(1);
    this.text += Buffer.from(bytes).toString();
    this.writeCount++;
  }

  flush(): Promise<void> {
    this.flushCount++;
    return Promise.resolve();
  }
}

function runOf(request: Partial<ConsumeRun> & Pick<ConsumeRun, 'consumer'>) {
  const output = new SlowOutput();
  const gaps: Gap[] = [];
  const progress: number[] = [];
  const ended = consumeAll({
    printer: new RecordPrinter(valueFormat, Buffer.from('\n')),
    output,
    stop: new AbortController().signal,
    onProgress: (count) => {
      progress.push(count);
    },
    onGap: (gap) => {
      gaps.push(gap);
      return true;
    },
    ...request,
  });
  return { ended, output, gaps, progress };
}

async function partitionOf(...values: string[]): Promise<MemoryPartition> {
  const partition = new MemoryPartition();
  await partition.append(...values);
  return partition;
}

describe('what is read is written', () => {
  test('in large pieces, each when the output has taken the one before', async () => {
    const values = Array.from({ length: 9 }, (_, at) => String(at).repeat(30_000));
    const partition = await partitionOf(...values);
    const { ended, output, progress } = runOf({ consumer: partition.consumer() });
    expect(await ended).toBe(9);
    expect(output.text).toBe(values.map((value) => `${value}\n`).join(''));
    expect(output.writeCount).toBe(3);
    expect(progress).toEqual([3, 6, 9, 9]);
  });

  test('nothing is written where there is nothing', async () => {
    const { ended, output } = runOf({ consumer: new MemoryPartition().consumer() });
    expect([await ended, output.writeCount]).toEqual([0, 0]);
  });

  test('up to the damage', async () => {
    const partition = await partitionOf('a', 'b', 'c');
    partition.damage();
    const { ended, output } = runOf({ consumer: partition.consumer() });
    await expect(ended).rejects.toMatchObject({ code: 'SEGMENT_CORRUPT' });
    expect(output.text).toBe('a\n');
  });

  test('and its failure is the end', async () => {
    const output = new SlowOutput();
    output.write = () => Promise.reject(new Error('no more'));
    const { ended } = runOf({ consumer: (await partitionOf('a')).consumer(), output });
    await expect(ended).rejects.toThrow('no more');
  });
});

describe('a gap', () => {
  test('is told once, and the rest is written', async () => {
    const partition = await partitionOf('a', 'b', 'c');
    const consumer = partition.consumer();
    await partition.trim(2);
    const { ended, output, gaps } = runOf({ consumer });
    expect([await ended, output.text]).toEqual([1, 'c\n']);
    expect(gaps).toMatchObject([
      { topic: 't', partition: 0, firstOffset: 0, endOffset: 2, reason: 'pruned' },
    ]);
  });

  test('ends a follower that is not to go past it, when what is there was written', async () => {
    const partition = await partitionOf('a', 'b', 'c');
    const consumer = partition.consumer({ follow: true });
    await partition.trim(2);
    const { ended, output } = runOf({ consumer, onGap: () => false });
    expect([await ended, output.text]).toEqual([1, 'c\n']);
  });
});

describe('a follower', () => {
  test('that is stopped rejects with the reason, and has written what there was', async () => {
    const stop = new AbortController();
    const consumer = (await partitionOf('a')).consumer({ follow: true });
    const { ended, output } = runOf({ consumer, stop: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 20);
    await expect(ended).rejects.toThrow('enough');
    expect(output.text).toBe('a\n');
  });

  test('that is paused ends well, and its positions are those of what was written', async () => {
    const pause = new AbortController();
    const consumer = (await partitionOf('a', 'b')).consumer({ follow: true });
    const { ended, output } = runOf({ consumer, pause: pause.signal });
    setTimeout(() => {
      pause.abort();
    }, 20);
    expect([await ended, output.text]).toEqual([2, 'a\nb\n']);
    expect(consumer.positions).toMatchObject([{ offset: 2 }]);
  });

  test('that is paused from the start may end anywhere, but with nothing half done', async () => {
    const values = Array.from({ length: 9 }, () => 'x'.repeat(30_000));
    const consumer = (await partitionOf(...values)).consumer({ follow: true });
    const { ended, output } = runOf({ consumer, pause: AbortSignal.abort() });
    const count = await ended;
    expect(count).toBeLessThan(9);
    expect(output.text.match(/\n/g) ?? []).toHaveLength(count);
    expect(consumer.positions).toMatchObject([{ offset: count }]);
  });

  test('says when all is with the output, and again at the time that was asked for', async () => {
    const stop = new AbortController();
    const calls: string[] = [];
    const consumer = (await partitionOf('a')).consumer({ follow: true });
    const { ended, output } = runOf({
      consumer,
      stop: stop.signal,
      onWritten: () => {
        calls.push(output.text);
        if (calls.length === 3) stop.abort(new Error('enough'));
        return Promise.resolve(performance.now() + 30);
      },
    });
    const beganMs = performance.now();
    await expect(ended).rejects.toThrow('enough');
    expect(calls).toEqual(['a\n', 'a\n', 'a\n']);
    expect(performance.now() - beganMs).toBeGreaterThan(25);
  });
});
