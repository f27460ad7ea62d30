/**
 * Moves records from a consumer to an output, as fast as the output takes them, until there are no
 * more, or until something stops it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordConsumer } from '../../core/index.js';
import { ByteSink } from '../../view/records/byte-sink.js';
import type { RecordPrinter } from '../../view/records/record-printer.js';
import type { OutputStream } from '../stdout.js';

/** Handed to the output at once: fewer, larger writes. */
const WRITE_BYTES = 64 * 1024;
/** Signals and timers get their turn at least so often. */
const RECORDS_PER_TURN = 16 * 1024;

export interface ConsumeRun {
  readonly consumer: RecordConsumer;
  readonly printer: RecordPrinter;
  readonly output: OutputStream;
  readonly stop: AbortSignal;
  /** Called now and then with the records written so far. */
  onProgress(recordCount: number): void;
}

/** Resolves with the number of records written. Rejects with the stop's reason. */
export async function consumeAll(run: ConsumeRun): Promise<number> {
  const { consumer, printer, output, stop } = run;
  const sink = new ByteSink(2 * WRITE_BYTES);
  let recordCount = 0;
  const hand = async (): Promise<void> => {
    if (sink.length > 0) await output.write(sink.view());
    sink.reset();
    run.onProgress(recordCount);
    stop.throwIfAborted();
  };
  for (;;) {
    for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
      printer.print(record, sink);
      recordCount++;
      if (sink.length >= WRITE_BYTES) await hand();
      if (recordCount % RECORDS_PER_TURN === 0) {
        await nextTurn();
        stop.throwIfAborted();
      }
    }
    await hand();
    if (consumer.isDone) return recordCount;
    await output.flush();
    await consumer.wait(stop);
    stop.throwIfAborted();
  }
}
