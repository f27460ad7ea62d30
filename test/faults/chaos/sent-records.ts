/** What one process was given to append, and what it answered. */
import { partitionForKey } from '../../../src/core/bytes/murmur2.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import type { Produce } from './history.js';
import { payloadOf } from './payload.js';
import type { Exit } from './spool-process.js';
import type { World } from './world.js';

const KEY_COUNT = 20;

/** What of a topic decides where its records go. */
export interface Target {
  readonly name: string;
  readonly partitions: number;
}

/** The records of one process, until each is acknowledged, refused, or left in the dark. */
export class SentRecords {
  readonly #world: World;
  readonly #topic: Target;
  readonly #partition: number | undefined;
  readonly #unanswered: Omit<Produce, 'seq' | 'returnedNs' | 'result'>[][];
  proc = '';
  #count = 0;
  #unansweredCount = 0;
  acknowledgedCount = 0;

  /** `partition` undefined: by key. */
  constructor(world: World, topic: Target, partition: number | undefined) {
    this.#world = world;
    this.#topic = topic;
    this.#partition = partition;
    this.#unanswered = Array.from({ length: topic.partitions }, () => []);
  }

  get unansweredCount(): number {
    return this.#unansweredCount;
  }

  /** The next one; it counts as sent from now on. */
  next(random: SeededRandom, paddingBytes: number): { key: string | null; payload: string } {
    const key = this.#partition === undefined ? `k${random.below(KEY_COUNT)}` : null;
    const partition = this.#partition ?? partitionOf(key!, this.#topic);
    const payload = payloadOf({ proc: this.proc, number: this.#count++, key, paddingBytes });
    this.#unanswered[partition]!.push({
      ...{ op: 'produce', proc: this.proc, invokedNs: this.#world.history.now() },
      args: { topic: this.#topic.name, partition, key, payload },
    });
    this.#unansweredCount++;
    return { key, payload };
  }

  /** A line of --report: what one process sent to one partition is answered in its order. */
  readonly onReport = (line: string): void => {
    const { partition, first, last } = JSON.parse(line) as Record<
      'partition' | 'first' | 'last',
      number
    >;
    const returnedNs = this.#world.history.now();
    for (let offset = first; offset <= last; offset++) {
      const record = this.#unanswered[partition]!.shift();
      if (record === undefined) throw new Error(`${this.proc} was told of too much: ${line}`);
      this.#world.history.add({ ...record, returnedNs, result: { kind: 'acknowledged', offset } });
      this.#unansweredCount--;
      this.acknowledgedCount++;
    }
    this.#world.noteAcknowledged({ topic: this.#topic.name, partition }, last + 1);
  };

  /** What a command that failed on its own did not report, it says that it did not write. */
  settle({ code, err }: Exit): void {
    if (code === 0 && this.#unansweredCount > 0) {
      throw new Error(`${this.proc} ended well without a word of ${this.#unansweredCount} records`);
    }
    const kind = code === 1 && err.includes('disk is full') ? 'failed' : 'unknown';
    const returnedNs = this.#world.history.now();
    for (const record of this.#unanswered.flat()) {
      this.#world.history.add({ ...record, returnedNs, result: { kind } });
    }
  }
}

function partitionOf(key: string, { partitions }: Target): number {
  const bytes = Buffer.from(key);
  return partitionForKey(bytes, 0, bytes.length, partitions);
}
