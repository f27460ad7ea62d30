/**
 * Holds records back so that no more than a number of them goes out in a period. The records of one
 * chunk are copied and wait here; the next chunk is not read before they are gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rate } from '../grammar/rate.js';
import type { InputRecord, RecordSink } from '../input/record-input.js';

/** Several records go out together rather than the clock being asked for each. */
const TICK_MS = 20;

export class PacedSink implements RecordSink {
  readonly #target: RecordSink;
  readonly #perMs: number;
  readonly #waiting: InputRecord[] = [];
  #startedMs: number | undefined;
  #releasedCount = 0;

  constructor(target: RecordSink, { count, periodMs }: Rate) {
    this.#target = target;
    this.#perMs = count / periodMs;
  }

  append(record: InputRecord): void {
    const { key, value, headers } = record;
    this.#waiting.push({
      ...record,
      key: key && Buffer.from(key),
      value: value && Buffer.from(value),
      headers: headers.map((header) => ({
        key: Buffer.from(header.key),
        value: header.value && Buffer.from(header.value),
      })),
    });
  }

  appendRange(
    bytes: Buffer,
    keyAt: number,
    keyLength: number,
    valueAt: number,
    valueLength: number,
  ): void {
    this.append({
      key: keyLength === -1 ? null : bytes.subarray(keyAt, keyAt + keyLength),
      value: valueLength === -1 ? null : bytes.subarray(valueAt, valueAt + valueLength),
      headers: [],
      timestamp: undefined,
      partition: undefined,
    });
  }

  /**
   * Lets all records go, each at its time; `onReleased` is called after those of one moment. Rejects with
   * the reason of `stop`.
   */
  async drain(
    now: () => number,
    stop: AbortSignal,
    onReleased: () => Promise<void>,
  ): Promise<void> {
    this.#startedMs ??= now();
    let at = 0;
    try {
      while (at < this.#waiting.length) {
        const due = Math.floor((now() - this.#startedMs) * this.#perMs) + 1;
        for (
          ;
          at < this.#waiting.length && this.#releasedCount < due;
          at++, this.#releasedCount++
        ) {
          this.#target.append(this.#waiting[at] as InputRecord);
        }
        await onReleased();
        if (at < this.#waiting.length) {
          await pause(Math.max(TICK_MS, 1 / this.#perMs), stop);
        }
      }
    } finally {
      this.#waiting.length = 0;
    }
  }
}

async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: stop });
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  }
}
