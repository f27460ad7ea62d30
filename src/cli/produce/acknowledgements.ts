/** What was acknowledged: told line by line with --report, and summed up at the end. */
import type { AcknowledgedBatch } from '../../core/index.js';

export interface ProducedPartition {
  readonly partition: number;
  /** Offsets of the first and last record; records of other producers may lie between. */
  readonly first: number;
  readonly last: number;
  readonly records: number;
}

export interface ProduceSummary {
  readonly topic: string;
  readonly records: number;
  /** Of keys, values and headers. */
  readonly bytes: number;
  readonly partitions: readonly ProducedPartition[];
}

export class Acknowledgements {
  readonly #topic: string;
  readonly #writeLine: ((line: unknown) => Promise<void>) | undefined;
  readonly #partitions = new Map<number, ProducedPartition>();
  #unreported: AcknowledgedBatch[] = [];
  #recordCount = 0;

  /** `writeLine`: where each batch is reported. */
  constructor(topic: string, writeLine: ((line: unknown) => Promise<void>) | undefined) {
    this.#topic = topic;
    this.#writeLine = writeLine;
  }

  get recordCount(): number {
    return this.#recordCount;
  }

  add(batch: AcknowledgedBatch): void {
    const { partition, first, last } = batch;
    const records = last - first + 1;
    this.#recordCount += records;
    const known = this.#partitions.get(partition);
    this.#partitions.set(partition, {
      partition,
      first: known?.first ?? first,
      last,
      records: (known?.records ?? 0) + records,
    });
    if (this.#writeLine !== undefined) this.#unreported.push(batch);
  }

  async report(): Promise<void> {
    for (const { topic, partition, first, last } of this.#unreported.splice(0)) {
      await this.#writeLine?.({ topic, partition, first, last });
    }
  }

  summary(bytes: number): ProduceSummary {
    const partitions = [...this.#partitions.values()].sort((a, b) => a.partition - b.partition);
    return { topic: this.#topic, records: this.#recordCount, bytes, partitions };
  }
}
