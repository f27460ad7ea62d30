import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { describePosition, parsePosition } from '../../cli/grammar/position.js';
import { parseTopicArgument } from '../../cli/grammar/topic-argument.js';
import type { Cluster, TrimResult } from '../../core/index.js';
import { trimDocument, trimmedText, trimQuestion, trimView } from '../../view/topic-trim.js';

export default class TopicTrim extends ClusterCommand {
  static override summary = 'Forget the oldest records of a topic.';
  static override description =
    'Offsets do not change: the log starts later. Whole segments are freed at once, the rest with ' +
    'its segment.';
  static override examples = [
    'spool topic trim orders --before -30d --dry-run',
    'spool topic trim orders:0 --before 1200 -y',
    'spool topic trim orders --before end -y',
  ];
  static override args = {
    topic: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'TOPIC or TOPIC:PARTITION.',
    }),
  };
  static override flags = {
    before: Flags.string({
      required: true,
      helpValue: 'POS',
      summary: 'The first record to keep: 1200, -1000, -30d, 2026-11-22, end.',
    }),
    ...CONFIRMATION_FLAGS,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicTrim);
    const { topic, partition } = parseTopicArgument(args.topic);
    const before = parsePosition(flags.before, { now: this.now() });
    if (before.kind === 'time') this.noteOnTerminal(`before ${describePosition(before)}`);
    const cluster = await this.openCluster();
    const partitions = partition === undefined ? undefined : [partition];
    const results = await cluster.planTrim({ topic, partitions }, before);
    const plan = trimDocument({ dryRun: flags['dry-run'], topic, results });
    if (plan.records === 0) this.noteOnTerminal(`nothing to do: ${topic} starts there, or later`);
    if (plan.dryRun || plan.records === 0) return this.show(plan, trimView);
    if (!(await this.confirm(trimQuestion(plan), flags))) return;
    const trimmed = trimDocument({ ...plan, results: await this.#apply(cluster, results) });
    this.noteOnTerminal(trimmedText(trimmed));
    await this.show(trimmed, trimView);
  }

  /** Exactly what was planned and confirmed, though `end` or `-1h` may be elsewhere by now. */
  async #apply(cluster: Cluster, plan: readonly TrimResult[]): Promise<TrimResult[]> {
    const results = await this.forEachTarget(plan, ({ topic, partition, newStartOffset }) =>
      cluster.trimTopic(
        { topic, partitions: [partition] },
        { kind: 'offset', offset: newStartOffset },
      ),
    );
    return results.flat();
  }
}
