/** A partition in memory, and consumers of it. */
import { type ConsumePlan, Consumer } from '../../../src/core/consumer/consumer.js';
import type { LogWriter } from '../../../src/core/log/log-writer.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  NO_WAIT,
  appendSynced,
  batchOf,
  contentOf,
  createPartition,
  environment,
  flipBit,
  openWriter,
  readerOf,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const PLAN: ConsumePlan = {
  from: { kind: 'start' },
  until: undefined,
  clamp: false,
  follow: false,
  order: 'time',
  last: undefined,
  maxRecords: Infinity,
  maxBytes: Infinity,
  filter: {},
};

export class MemoryPartition {
  readonly #disk = new MemoryFileSystem();
  readonly #writer: LogWriter;

  constructor() {
    createPartition(this.#disk);
    this.#writer = openWriter(environment(this.#disk), { retentionMs: Infinity });
  }

  /** One batch each. */
  async append(...values: readonly string[]): Promise<void> {
    for (const value of values) await appendSynced(this.#writer, [batchOf([value])]);
  }

  async trim(before: number): Promise<void> {
    await this.#writer.trim(before, NO_WAIT);
  }

  /** In the middle of what is there. */
  damage(): void {
    const path = segmentPath(LOCATION.directory, 0, '.log');
    flipBit(this.#disk, path, Math.floor(contentOf(this.#disk, path).length / 2));
  }

  consumer(plan: Partial<ConsumePlan> = {}): Consumer {
    const place = { topic: 't', partition: 0, reader: readerOf(this.#disk) };
    return new Consumer([place], { ...PLAN, ...plan, now: () => 0 });
  }
}
