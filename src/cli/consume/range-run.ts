/** `consume` without a group: a range of records to the output. */
import type { Cluster, ConsumePlan, ConsumeTarget } from '../../core/index.js';
import { ambiguityText, gapText } from '../../view/consume-view.js';
import { formatCounted } from '../../view/numbers.js';
import type { RecordPrinter } from '../../view/records/record-printer.js';
import { EXIT } from '../exit-codes.js';
import type { Voice } from '../voice.js';
import type { ConsumeOutput } from './consume-output.js';
import { describeTimes } from './consume-plan.js';
import { consumeAll } from './consume-run.js';

export interface RangeRun {
  readonly cluster: Cluster;
  readonly plan: ConsumePlan;
  readonly targets: readonly ConsumeTarget[];
  readonly stop: AbortSignal;
  readonly voice: Voice;
  readonly output: ConsumeOutput;
  openPrinter(): RecordPrinter;
  onProgress(recordCount: number): void;
}

/** Resolves with the number of records. */
export async function readRange(run: RangeRun): Promise<number> {
  const { cluster, plan, voice } = run;
  const consumer = await cluster.openConsumer(run.targets, plan);
  try {
    const times = describeTimes(plan);
    if (times !== undefined) voice.noteOnTerminal(times);
    const output = await run.output.open();
    const printer = run.openPrinter();
    const count = await consumeAll({
      consumer,
      printer,
      output,
      stop: run.stop,
      onProgress: (records) => {
        run.onProgress(records);
      },
      onGap: (gap) => {
        voice.warn(gapText(gap));
        // With --clamp pruned records are news, without it a failure. What else is gone, is known to be.
        const goesOn = plan.clamp || gap.reason !== 'pruned';
        if (!goesOn) voice.fail(EXIT.notFound);
        return goesOn;
      },
    });
    await output.sync();
    if (printer.ambiguousCount > 0) voice.warn(ambiguityText(printer.ambiguousCount));
    voice.verbose(formatCounted(count, 'record'));
    return count;
  } finally {
    consumer.close();
  }
}
