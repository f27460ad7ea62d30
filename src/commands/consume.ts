import { Args } from '@oclif/core';
import { ClusterCommand } from '../cli/cluster-command.js';
import { CONSUME_FLAGS } from '../cli/consume/consume-flags.js';
import { consumeTargets, describeTimes, planConsume } from '../cli/consume/consume-plan.js';
import { consumeAll } from '../cli/consume/consume-run.js';
import { openPrinter } from '../cli/consume/open-printer.js';
import { EXIT } from '../cli/exit-codes.js';
import { type OutputStream, openOutputFile } from '../cli/stdout.js';
import { ambiguityText, gapText } from '../view/consume-view.js';
import { formatCounted } from '../view/numbers.js';

export default class Consume extends ClusterCommand {
  static override summary = 'Read records from topics.';
  static override description =
    'Reads from the start to the end as it was when the command began; -f keeps waiting.';
  static override examples = [
    'spool consume orders --last 10',
    "spool consume orders --from -1h -F '{offset} {key} {value}'",
    'spool consume orders -f --grep error | grep -v debug',
  ];
  static override strict = false;
  static override args = {
    topic: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'orders, orders:2, ord*',
    }),
  };
  static override usage = 'consume TOPIC... [flags]';
  static override flags = CONSUME_FLAGS;

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Consume);
    const plan = planConsume(flags, this.now());
    const cluster = await this.openCluster();
    const topics = await this.topicsNamed(cluster, []);
    const targets = consumeTargets(argv as string[], topics, flags.partition);
    const consumer = await cluster.openConsumer(targets, plan);
    this.onEnd(() => {
      consumer.close();
    });
    const times = describeTimes(plan);
    if (times !== undefined) this.noteOnTerminal(times);
    const output = await this.#output(flags.output);
    const isTerminal = this.session.surroundings.outputIsTerminal;
    const printer = openPrinter(flags, { look: await this.look(), isTerminal, json: this.json });
    const progress = this.progress({ label: 'consume', unit: 'records' });
    const count = await consumeAll({
      consumer,
      printer,
      output,
      stop: this.stop,
      onProgress: (records) => {
        if (flags.output !== undefined) progress.update(records);
      },
      // With --clamp a gap is news, without it a failure.
      onGap: (gap) => {
        this.warn(gapText(gap));
        if (!flags.clamp) this.fail(EXIT.notFound);
        return flags.clamp;
      },
    });
    await (flags.output === undefined ? output.flush() : output.sync());
    if (printer.ambiguousCount > 0) this.warn(ambiguityText(printer.ambiguousCount));
    if (this.verbose) this.note(formatCounted(count, 'record'));
    if (count === 0 && flags['fail-if-empty']) this.fail(EXIT.answerIsNo);
  }

  async #output(path: string | undefined): Promise<OutputStream> {
    if (path === undefined) return this.output;
    const output = await openOutputFile(path, { stop: this.stop });
    this.onEnd(() => output.close());
    return output;
  }
}
