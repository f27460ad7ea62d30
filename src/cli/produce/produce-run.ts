/**
 * Pumps sources into a producer.
 *
 * - While something is appended or synced, the input is not read.
 * - A record is in the log at most `lingerMs` after it was complete: at a pause of the input, what has
 *   come is appended, synced and acknowledged; while input keeps coming it is appended at the latest
 *   then, and synced beside the next appends.
 * - Whatever ends the input, an error or a stop included, what came before it is settled first.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CoreError, isCoreError } from '../../core/errors.js';
import type { RecordProducer } from '../../core/index.js';
import type { RecordFramer } from '../input/record-input.js';
import type { BadInputFile } from './bad-input-file.js';
import type { PacedSink } from './pace.js';
import type { RecordSource } from './record-source.js';

export interface ProduceRun {
  readonly producer: RecordProducer;
  readonly sources: readonly RecordSource[];
  openFramer(source: RecordSource): RecordFramer;
  readonly lingerMs: number;
  readonly badInput: BadInputFile | undefined;
  readonly pace: PacedSink | undefined;
  readonly now: () => number;
  readonly stop: AbortSignal;
  /** Records that are safely in the log by now. */
  acknowledgedCount(): number;
  /** Called after every flush: acknowledgements may have come. */
  onProgress(): Promise<void>;
}

export async function produceAll(run: ProduceRun): Promise<void> {
  try {
    for (const source of run.sources) await pump(run, source);
    await settle(run);
  } catch (error) {
    await settleAfter(run, error);
  }
}

async function pump(run: ProduceRun, source: RecordSource): Promise<void> {
  const framer = run.openFramer(source);
  // A read under way when something fails must not be waited for: more input may never come.
  const over = new AbortController();
  const chunks = source.open(AbortSignal.any([run.stop, over.signal]));
  const deadline = new Deadline(run);
  try {
    for (;;) {
      const chunk = await deadline.before(chunks.next());
      if (chunk.done === true) break;
      run.producer.refreshClock();
      framer.push(chunk.value);
      await release(run);
      await run.producer.flush({ all: deadline.isPast() });
      await run.onProgress();
    }
    run.producer.refreshClock();
    framer.end();
    await release(run);
  } finally {
    over.abort();
    await chunks.return?.();
  }
}

/** What waits beside the producer: paced records, and bad input on its way to its file. */
async function release(run: ProduceRun): Promise<void> {
  await run.badInput?.flush();
  await run.pace?.drain(run.now, run.stop, async () => {
    await settle(run);
  });
}

async function settle(run: ProduceRun): Promise<void> {
  await run.producer.settle();
  await run.onProgress();
}

/** Settles what came before the failure, as far as that can be done, and tells how much that was. */
async function settleAfter(run: ProduceRun, error: unknown): Promise<never> {
  // A log that has just refused to be written to may refuse again; the first reason is the news.
  await settle(run).catch(() => undefined);
  if (!isCoreError(error) || error.code === 'INTERRUPTED') throw error;
  const recordsWritten = run.acknowledgedCount();
  const written = recordsWritten === 1 ? '1 record was' : `${recordsWritten} records were`;
  throw new CoreError(error.code, error.message, {
    details: { ...error.details, recordsWritten },
    suggestion: [`${written} written before it`, error.suggestion].filter(Boolean).join('\n'),
    cause: error,
  });
}

/** When the records that wait must be in the log. */
class Deadline {
  readonly #run: ProduceRun;
  #dueMs: number | undefined;

  constructor(run: ProduceRun) {
    this.#run = run;
  }

  /** The chunk; if it is late, what waits is settled meanwhile. */
  async before<T>(chunk: Promise<T>): Promise<T> {
    const { producer, now, lingerMs } = this.#run;
    if (!producer.isUnsettled) {
      this.#dueMs = undefined;
      // A sync beside the appends may have ended while those before it were told of.
      const [next] = await Promise.all([chunk, this.#run.onProgress()]);
      return next;
    }
    this.#dueMs ??= now() + lingerMs;
    const timer = new AbortController();
    const late = sleep(Math.max(0, this.#dueMs - now()), 'late', { signal: timer.signal });
    const first = await Promise.race([chunk.then(() => 'chunk'), late]);
    timer.abort();
    late.catch(() => undefined);
    if (first === 'late') {
      await settle(this.#run);
      this.#dueMs = undefined;
    }
    return chunk;
  }

  /** Also begins a new one. */
  isPast(): boolean {
    if (this.#dueMs === undefined || this.#run.now() < this.#dueMs) return false;
    this.#dueMs = undefined;
    return true;
  }
}
