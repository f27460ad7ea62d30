import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { retainedPartition, retentionDocument } from '../../view/retention-document.js';
import {
  expiredText,
  isAnyChanged,
  NOTHING_TO_DO,
  prunedText,
  retentionPlanView,
} from '../../view/retention-view.js';

export default class RetentionPrune extends ClusterCommand {
  static override summary = 'Delete the segments that the policies no longer keep.';
  static override description =
    'Meant for cron: it asks nothing, and prints nothing when all went well. -v says what went.';
  static override examples = [
    'spool retention prune',
    'spool retention prune orders --dry-run',
    'spool retention prune --json',
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs. [default: all]',
    }),
  };
  static override flags = {
    'dry-run': Flags.boolean({
      default: false,
      summary: 'Show what would happen, and do nothing.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(RetentionPrune);
    const dryRun = flags['dry-run'];
    const cluster = await this.openCluster();
    const words = args.topic ?? [];
    const groups = await cluster.openGroups();
    const pruned = await this.forEachTopic(cluster, words, async (name) => ({
      plans: await (dryRun ? cluster.planRetention(name) : cluster.applyRetention(name)),
      expired: await groups.expireOffsets(name, { dryRun }),
    }));
    if (words.length > 0 && pruned.length === 0) return;
    const document = retentionDocument(
      pruned.flatMap(({ plans }) => plans).map((plan) => retainedPartition(plan)),
      { dryRun, expiredOffsets: pruned.flatMap(({ expired }) => expired) },
    );
    if (dryRun) for (const each of document.expiredOffsets) this.note(expiredText(each));
    if (dryRun && !isAnyChanged(document)) this.note(NOTHING_TO_DO);
    if (!dryRun) this.noteOnTerminal(prunedText(document));
    await this.show(document, retentionPlanView);
  }
}
