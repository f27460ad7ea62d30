import { Args } from '@oclif/core';
import { ClusterCommand } from '../cli/cluster-command.js';
import { CONSUME_FLAGS } from '../cli/consume/consume-flags.js';
import { ConsumeOutput } from '../cli/consume/consume-output.js';
import { consumeTargets } from '../cli/consume/consume-plan.js';
import { GROUP_FLAGS } from '../cli/consume/group-flags.js';
import { openPrinter } from '../cli/consume/open-printer.js';
import { readRange } from '../cli/consume/range-run.js';
import { EXIT } from '../cli/exit-codes.js';
import { planRun } from '../cli/group-run/group-run-plan.js';
import type { Surroundings } from '../cli/session.js';
import type { RecordPrinter } from '../view/records/record-printer.js';

export default class Consume extends ClusterCommand {
  static override summary = 'Read records from topics.';
  static override description =
    'Reads from the start, or from where the group stands, to the end as it is now; -f keeps waiting.';
  static override examples = [
    "spool consume orders --from -1h -F '{offset} {key} {value}'",
    'spool consume orders -f --grep error | grep -v debug',
    'spool consume orders -g billing --until hour --if-busy skip --exec ./bill.sh',
  ];
  static override strict = false;
  static override takesChildCommand = true;
  static override args = {
    topic: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'orders, orders:2, ord*',
    }),
  };
  static override usage = 'consume TOPIC... [flags] [-- CMD ARGS]';
  static override flags = { ...CONSUME_FLAGS, ...GROUP_FLAGS };

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(Consume);
    const plan = planRun(flags, this.childCommand, this.now());
    const cluster = await this.openCluster();
    const topics = await this.topicsNamed(cluster, []);
    const targets = consumeTargets(argv as string[], topics, flags.partition);
    const { outputIsTerminal, variables } = this.session.surroundings;
    const look = await this.look();
    const print = (isTerminal: boolean): RecordPrinter =>
      openPrinter(flags, { look, isTerminal, json: this.json });
    const output = new ConsumeOutput(flags.output, this.output, this.stop);
    this.onEnd(() => output.close());
    const { stop, voice } = this;
    const run = {
      cluster,
      targets,
      output,
      stop,
      voice,
      openPrinter: () => print(outputIsTerminal),
    };
    let count: number | undefined;
    if ('join' in plan) {
      const { runGroup } = await import('../cli/group-run/group-run-kinds.js');
      const groups = await cluster.openGroups();
      const openBatchPrinter = (): RecordPrinter => print(false);
      const isTerminal = hasTerminal(this.session.surroundings);
      count = await runGroup({ ...run, groups, plan, variables, isTerminal, openBatchPrinter });
    } else {
      const progress = this.progress({ label: 'consume', unit: 'records' });
      const onProgress = (records: number): void => {
        if (flags.output !== undefined) progress.update(records);
      };
      count = await readRange({ ...run, plan, onProgress });
    }
    if (count === 0 && flags['fail-if-empty']) this.fail(EXIT.answerIsNo);
  }
}

/** Whether Ctrl-C reaches the commands that are run here, too. */
function hasTerminal(of: Surroundings): boolean {
  return of.inputIsTerminal || of.outputIsTerminal || of.messagesAreTerminal;
}
