import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { produceAll } from '../../../src/cli/produce/produce-run.js';
import { messageSource } from '../../../src/cli/produce/record-source.js';
import { CoreError } from '../../../src/core/errors.js';
import type { RecordProducer } from '../../../src/core/index.js';

/** Appends one record of two; whatever comes after the refusal acknowledges what came before it. */
class HalfRefusingProducer implements RecordProducer {
  readonly addedCount = 2;
  readonly addedBytes = 2;
  isUnsettled = true;
  readonly maxRecordBytes = 100;
  acknowledgedCount = 0;
  readonly #refusesAt: 'flush' | 'settle';
  #hasRefused = false;

  constructor(refusesAt: 'flush' | 'settle') {
    this.#refusesAt = refusesAt;
  }

  refreshClock(): void {
    // Its records have no times.
  }

  add(): void {
    // What it has is counted.
  }

  addRange(): void {
    // Likewise.
  }

  flush(): Promise<void> {
    return this.#refusesAt === 'flush' ? this.#refuse() : Promise.resolve();
  }

  settle(): Promise<void> {
    if (this.#refusesAt === 'settle' && !this.#hasRefused) return this.#refuse();
    this.acknowledgedCount = 1;
    return Promise.resolve();
  }

  #refuse(): Promise<void> {
    this.#hasRefused = true;
    return Promise.reject(new CoreError('DISK_FULL', 'the disk is full'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

test.each(['flush', 'settle'] as const)(
  'what was appended before a refusal is acknowledged and told of (refused at the %s)',
  async (refusesAt) => {
    const producer = new HalfRefusingProducer(refusesAt);
    let progressCount = 0;
    const run = produceAll({
      producer,
      sources: [messageSource(Buffer.from('x'))],
      openFramer: () => ({ push: () => undefined, end: () => undefined }),
      lingerMs: 0,
      badInput: undefined,
      pace: undefined,
      now: () => 0,
      stop: new AbortController().signal,
      acknowledgedCount: () => producer.acknowledgedCount,
      onProgress: () => {
        progressCount++;
        return Promise.resolve();
      },
    });
    await expect(run).rejects.toMatchObject({
      code: 'DISK_FULL',
      details: { recordsWritten: 1 },
      suggestion: '1 record was written before it',
    });
    expect(progressCount).toBeGreaterThan(0);
  },
);

/** Its syncs end whenever a test says so. */
class SlowlySyncingProducer extends HalfRefusingProducer {
  override isUnsettled = false;

  constructor() {
    super('flush');
  }

  override flush(): Promise<void> {
    this.isUnsettled = true;
    return Promise.resolve();
  }

  override settle(): Promise<void> {
    return Promise.resolve();
  }
}

test('what a sync acknowledges while others are told of is told of before more input is waited for', async () => {
  const producer = new SlowlySyncingProducer();
  let toldCount = 0;
  let goOn: () => void = () => undefined;
  const allTold = new Promise<void>((resolve) => (goOn = resolve));
  const source = {
    name: undefined,
    async *open() {
      yield Buffer.from('x');
      // Whoever feeds a pipe may wait for the answer to what it has sent.
      await Promise.race([allTold, sleep(2000)]);
    },
  };
  let toldBeforeEnd = 0;
  await produceAll({
    producer,
    sources: [source],
    openFramer: () => ({
      push: () => undefined,
      end: () => {
        toldBeforeEnd = toldCount;
      },
    }),
    lingerMs: 5000,
    badInput: undefined,
    pace: undefined,
    now: () => 0,
    stop: new AbortController().signal,
    acknowledgedCount: () => toldCount,
    onProgress: () => {
      toldCount += producer.acknowledgedCount;
      if (toldCount > 0) goOn();
      // The sync that runs beside ends just now.
      producer.acknowledgedCount = producer.isUnsettled ? 1 : 0;
      producer.isUnsettled = false;
      return Promise.resolve();
    },
  });
  expect(toldBeforeEnd).toBe(1);
});

test('a failure is told at once, though the input that is waited for may never come', async () => {
  const producer = new HalfRefusingProducer('settle');
  const source = {
    name: undefined,
    async *open(stop: AbortSignal) {
      yield Buffer.from('x');
      await sleep(2000, undefined, { signal: stop });
      yield Buffer.from('y');
    },
  };
  const beganMs = performance.now();
  const run = produceAll({
    producer,
    sources: [source],
    openFramer: () => ({ push: () => undefined, end: () => undefined }),
    lingerMs: 0,
    badInput: undefined,
    pace: undefined,
    now: () => 0,
    stop: new AbortController().signal,
    acknowledgedCount: () => producer.acknowledgedCount,
    onProgress: () => Promise.resolve(),
  });
  await expect(run).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(performance.now() - beganMs).toBeLessThan(1500);
});
