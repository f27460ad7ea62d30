/** Goes through records without giving them to anybody: how many there are, and up to where. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gap, ReadPosition, RecordConsumer } from '../../core/index.js';

/** Signals and timers get their turn at least so often. */
const RECORDS_PER_TURN = 16 * 1024;
/** So long may records be passed over before that is worth a commit. */
const PASSED_OVER_MS = 5000;

export interface Collected {
  readonly count: number;
  readonly positions: readonly ReadPosition[];
  readonly gaps: readonly Gap[];
  /** There will never be more. */
  readonly isOver: boolean;
}

export interface CollectLimits {
  readonly stop: AbortSignal;
  /** Ends a wait with what there is. Aborted by `stop`, too. */
  readonly pause?: AbortSignal;
  /** Of performance.now. Until then, records are waited for (with a consumer that follows). */
  readonly untilMs?: number;
  /** So many are enough. */
  readonly enough?: number;
}

/**
 * All that the consumer has; from one that follows, until there are enough, or at least one and it is
 * time. If for a while there is nothing but what filters drop, that is told too. Closes the consumer.
 */
export async function collect(consumer: RecordConsumer, limits: CollectLimits): Promise<Collected> {
  const { stop, pause = stop, untilMs = 0, enough = Infinity } = limits;
  const startedMs = performance.now();
  const starts = consumer.positions;
  let count = 0;
  try {
    for (;;) {
      for (; consumer.next() !== undefined; count++) {
        if (count % RECORDS_PER_TURN !== 0) continue;
        await nextTurn();
        stop.throwIfAborted();
      }
      const dueMs = count > 0 ? untilMs : startedMs + PASSED_OVER_MS;
      const leftMs = dueMs - performance.now();
      const isTime = leftMs <= 0 && (count > 0 || hasPassed(starts, consumer.positions));
      if (consumer.isDone || count >= enough || isTime || pause.aborted) break;
      await consumer.wait(pause, leftMs > 0 ? leftMs : PASSED_OVER_MS);
      stop.throwIfAborted();
    }
    const { positions, gaps, isDone: isOver } = consumer;
    return { count, positions, gaps, isOver };
  } finally {
    consumer.close();
  }
}

function hasPassed(starts: readonly ReadPosition[], now: readonly ReadPosition[]): boolean {
  return now.some(({ offset }, at) => offset !== starts[at]?.offset);
}
