/**
 * Which partition a record goes to, as Kafka's clients choose (BuiltInPartitioner, KIP-794): by the
 * murmur2 of the key where there is one, an empty key included; otherwise one partition is stuck to
 * until a batch is full, and then the next is drawn at random.
 */
import { partitionForKey } from '../bytes/murmur2.js';

export class Partitioner {
  readonly #partitionCount: number;
  readonly #random: () => number;
  #sticky: number;

  /** `random` answers in [0, 1). */
  constructor(partitionCount: number, random: () => number) {
    this.#partitionCount = partitionCount;
    this.#random = random;
    this.#sticky = this.#draw();
  }

  forKey(bytes: Uint8Array, from: number, to: number): number {
    return this.#partitionCount === 1 ? 0 : partitionForKey(bytes, from, to, this.#partitionCount);
  }

  get forNoKey(): number {
    return this.#sticky;
  }

  /** The batch of the sticky partition is full. */
  moveOn(): void {
    if (this.#partitionCount === 1) return;
    const next = this.#draw();
    this.#sticky = next === this.#sticky ? (next + 1) % this.#partitionCount : next;
  }

  #draw(): number {
    return Math.floor(this.#random() * this.#partitionCount);
  }
}
