/**
 * Moves records from a consumer to an output, as fast as the output takes them, until there are no
 * more, or until something stops it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isCoreError } from '../../core/errors.js';
import type { Gap, RecordConsumer } from '../../core/index.js';
import { ByteSink } from '../../view/records/byte-sink.js';
import type { RecordPrinter } from '../../view/records/record-printer.js';

/** Handed to the output at once: fewer, larger writes. */
const WRITE_BYTES = 64 * 1024;
/** Signals and timers get their turn at least so often. */
const RECORDS_PER_TURN = 16 * 1024;

/** Where the records go: standard output, a file, a command. */
export interface RecordOutput {
  /** Resolves when `bytes` may be used again. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  flush(): Promise<void>;
}

export interface ConsumeRun {
  readonly consumer: RecordConsumer;
  readonly printer: RecordPrinter;
  readonly output: RecordOutput;
  readonly stop: AbortSignal;
  /** Called now and then with the records written so far. */
  onProgress(recordCount: number): void;
  /**
   * Called once for each, as soon as it is met: a follower may never come to an end. False: what is
   * there now is still written, and that is all.
   */
  onGap(gap: Gap): boolean;
  /** Ends the run between two records, when all that was read has been written. */
  readonly pause?: AbortSignal;
  /**
   * Called when all that was read is with the output, and again at the time that it answers (ms of
   * performance.now; Infinity: when there is more).
   */
  onWritten?(): Promise<number>;
}

/** Resolves with the number of records written. Rejects with the stop's reason. (Not for `pause`.) */
export async function consumeAll(run: ConsumeRun): Promise<number> {
  const { consumer, printer, output, stop } = run;
  const sink = new ByteSink(2 * WRITE_BYTES);
  let recordCount = 0;
  let nextCallAt = Infinity;
  // Once a run: signals that follow others for long are not free.
  const waking = run.pause === undefined ? stop : AbortSignal.any([stop, run.pause]);
  const gaps = new GapNews(run);
  const hand = async (): Promise<void> => {
    if (sink.length > 0) await output.write(sink.view());
    sink.reset();
    run.onProgress(recordCount);
    gaps.tell();
    if (run.onWritten !== undefined) nextCallAt = await run.onWritten();
    stop.throwIfAborted();
  };
  const handAllThereIs = async (): Promise<void> => {
    while (run.pause?.aborted !== true) {
      const record = consumer.next();
      if (record === undefined) break;
      printer.print(record, sink);
      recordCount++;
      if (sink.length >= WRITE_BYTES) await hand();
      if (recordCount % RECORDS_PER_TURN === 0) {
        await nextTurn();
        stop.throwIfAborted();
      }
    }
    await hand();
  };
  for (;;) {
    try {
      await handAllThereIs();
    } catch (error) {
      // What stands before the damage is good. (An output that has failed only fails again.)
      if (isCoreError(error) && !stop.aborted) await output.write(sink.view());
      throw error;
    }
    if (consumer.isDone || gaps.isTooBad || run.pause?.aborted === true) return recordCount;
    await output.flush();
    await consumer.wait(waking, nextCallAt - performance.now());
    stop.throwIfAborted();
  }
}

/** Tells each gap once. */
class GapNews {
  readonly #run: ConsumeRun;
  readonly #told = new Set<string>();
  #isTooBad = false;

  constructor(run: ConsumeRun) {
    this.#run = run;
  }

  /** The reading is not to go on behind what is there now. */
  get isTooBad(): boolean {
    return this.#isTooBad;
  }

  tell(): void {
    for (const gap of this.#run.consumer.gaps) {
      const name = `${gap.topic}:${gap.partition}:${gap.firstOffset}`;
      if (!this.#told.has(name) && !this.#run.onGap(gap)) this.#isTooBad = true;
      this.#told.add(name);
    }
  }
}
