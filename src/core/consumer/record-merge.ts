/**
 * Several streams as one, by timestamp, as far as each has records now: a binary heap of the streams
 * by the record that they stand at. Records of one partition keep their order whatever their times.
 */
import type { ConsumedRecord } from './consumed-record.js';
import type { PartitionStream } from './partition-stream.js';

export class RecordMerge {
  /** A heap: the stream at `i` stands at no later record than those at 2i+1 and 2i+2. */
  readonly #ready: PartitionStream[] = [];
  #idle: PartitionStream[];
  /** The stream whose record was given out last; it moves on when the next one is asked for. */
  #current: PartitionStream | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(streams: readonly PartitionStream[]) {
    this.#idle = [...streams];
  }

  /** No stream can ever give another record. */
  get isDone(): boolean {
    return this.#current === undefined && this.#ready.length === 0 && this.#idle.length === 0;
  }

  /** The next record, or undefined if there is none now. A stream that fails does so after the rest. */
  next(): ConsumedRecord | undefined {
    if (this.#current !== undefined) {
      const stream = this.#current;
      this.#current = undefined;
      this.#admit(stream);
    }
    if (this.#ready.length === 0) this.#wakeIdle();
    const first = this.#pop();
    if (first === undefined) {
      if (this.#failure !== undefined) throw this.#failure.error;
      return undefined;
    }
    this.#current = first;
    first.take();
    return first.record;
  }

  #wakeIdle(): void {
    for (const stream of this.#idle.splice(0)) this.#admit(stream);
  }

  #admit(stream: PartitionStream): void {
    try {
      const state = stream.advance();
      if (state === 'record') this.#push(stream);
      else if (state === 'idle') this.#idle.push(stream);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #push(stream: PartitionStream): void {
    const heap = this.#ready;
    let at = heap.length;
    heap.push(stream);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (isBefore(heap[parent] as PartitionStream, stream)) break;
      heap[at] = heap[parent] as PartitionStream;
      at = parent;
    }
    heap[at] = stream;
  }

  #pop(): PartitionStream | undefined {
    const heap = this.#ready;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (
        right < heap.length &&
        !isBefore(heap[child] as PartitionStream, heap[right] as PartitionStream)
      ) {
        child = right;
      }
      if (isBefore(last, heap[child] as PartitionStream)) break;
      heap[at] = heap[child] as PartitionStream;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(a: PartitionStream, b: PartitionStream): boolean {
  const [left, right] = [a.record, b.record];
  if (left.timestamp !== right.timestamp) return left.timestamp < right.timestamp;
  if (left.topic !== right.topic) return left.topic < right.topic;
  return left.partition <= right.partition;
}
