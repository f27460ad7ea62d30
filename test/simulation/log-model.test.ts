/** Random commands against an array: several writers of one log, readers, prune, kill and power cut. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { LogConfig } from '../../src/core/log/log-config.js';
import type { LogWriter } from '../../src/core/log/log-writer.js';
import {
  NO_WAIT,
  START_MS,
  batchOf,
  createPartition,
  environment,
  openWriter,
  readValues,
  readerOf,
} from '../support/log-fixture.js';
import { MemoryFileSystem } from '../support/memory-fs.js';
import { MemoryLocks } from '../support/memory-locks.js';

const RUNS = 15 * Number(process.env['SPOOL_TEST_SEEDS'] ?? 6);
const CONFIG: Partial<LogConfig> = { segmentBytes: 400, indexIntervalBytes: 100 };

type Command =
  | { readonly kind: 'append'; readonly writer: number; readonly sizes: readonly number[] }
  | { readonly kind: 'sync' | 'reopen'; readonly writer: number }
  | { readonly kind: 'trim' | 'read'; readonly part: number }
  | { readonly kind: 'prune'; readonly bytes: number }
  | { readonly kind: 'kill' }
  | { readonly kind: 'powerCut'; readonly seed: number };

const writerAt = fc.nat(2);
const commands = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        writer: writerAt,
        sizes: fc.array(fc.nat(120), { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('sync' as const), writer: writerAt }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reopen' as const), writer: writerAt }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('trim' as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('read' as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('prune' as const),
        bytes: fc.integer({ min: 300, max: 2000 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('powerCut' as const), seed: fc.nat(1000) }),
    },
  ),
  { maxLength: 40 },
);

class Machine {
  fs = new MemoryFileSystem();
  locks = new MemoryLocks(this.fs);
  boot = 1;
  writers: (LogWriter | undefined)[] = [];
  /** What the log holds, by offset; the start; and the end of what was acknowledged. */
  values: string[] = [];
  start = 0;
  acknowledged = 0;
  #counter = 0;

  constructor() {
    createPartition(this.fs);
  }

  get bootId(): string {
    return `boot-${this.boot}`;
  }

  writer(at: number, config: Partial<LogConfig> = CONFIG): LogWriter {
    const env = environment(this.fs, { locks: this.locks, bootId: this.bootId });
    return (this.writers[at] ??= openWriter(env, config));
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'append': {
        const texts = command.sizes.map((size) => `${this.#counter++}:${'v'.repeat(size)}`);
        const batches = texts.map((text) => batchOf([text], { timestamp: START_MS }));
        await this.writer(command.writer).append(batches, NO_WAIT, ({ baseOffset }) => {
          expect(baseOffset).toBe(this.values.length);
          this.values.push(texts.shift()!);
        });
        return;
      }
      case 'sync': {
        const end = this.values.length;
        const writer = this.writer(command.writer);
        const hadUnsynced = writer.hasUnsynced;
        await writer.sync(NO_WAIT);
        // One that appended since the last cut covers all before it.
        if (hadUnsynced && this.lastWriter === command.writer) this.acknowledged = end;
        return;
      }
      case 'reopen':
        this.writers[command.writer]?.close();
        this.writers[command.writer] = undefined;
        return;
      case 'trim':
        await this.writer(0).trim(
          this.start + Math.floor(command.part * (this.values.length - this.start)),
          NO_WAIT,
        );
        this.start = readerOf(this.fs, this.bootId).logStartOffset;
        return;
      case 'prune': {
        const pruner = openWriter(
          environment(this.fs, { locks: this.locks, bootId: this.bootId }),
          { ...CONFIG, retentionBytes: command.bytes },
        );
        await pruner.prune(NO_WAIT);
        pruner.close();
        this.start = readerOf(this.fs, this.bootId).logStartOffset;
        return;
      }
      case 'read':
        this.check(this.start + Math.floor(command.part * (this.values.length - this.start)));
        return;
      case 'kill':
        this.writers = [];
        this.locks.forgetAll();
        return;
      case 'powerCut':
        this.cutPower(command.seed);
    }
  }

  lastWriter: number | undefined;

  cutPower(seed: number): void {
    this.fs = this.fs.crashClone(seed);
    this.locks = new MemoryLocks(this.fs);
    this.boot++;
    this.writers = [];
    const end = readerOf(this.fs, this.bootId).findEnd().offset;
    expect(end).toBeGreaterThanOrEqual(Math.max(this.acknowledged, this.start));
    this.values.length = Math.min(this.values.length, end);
    expect(this.values.length).toBe(end);
    this.acknowledged = end;
  }

  check(from: number): void {
    const found = readValues(this.fs, { from, bootId: this.bootId });
    expect(found).toEqual(
      this.values.slice(from).map((value, at) => ({ offset: from + at, value })),
    );
  }
}

test('a log is an array that loses only what nobody was promised', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (all) => {
      const machine = new Machine();
      for (const command of all) {
        await machine.run(command);
        if (command.kind === 'append') machine.lastWriter = command.writer;
      }
      machine.check(machine.start);
      expect(readerOf(machine.fs, machine.bootId).logStartOffset).toBe(machine.start);
    }),
    { numRuns: RUNS },
  );
});
