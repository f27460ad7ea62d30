import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import type { Cluster } from '../../core/index.js';
import type { RetainedPartition } from '../../view/retention-document.js';
import {
  retainedPartition,
  retentionDocument,
  retentionPolicy,
} from '../../view/retention-document.js';
import { retentionStatusView } from '../../view/retention-view.js';

export default class RetentionStatus extends ClusterCommand {
  static override summary = 'Show what the policies keep, and what a prune would free.';
  static override examples = ['spool retention status', 'spool retention status orders --json'];
  static override args = {
    topic: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs. [default: all]',
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(RetentionStatus);
    const cluster = await this.openCluster();
    const words = args.topic ?? [];
    const partitions = await this.forEachTopic(cluster, words, (name) => statusOf(cluster, name));
    if (words.length > 0 && partitions.length === 0) return;
    if (partitions.length === 0) this.noteOnTerminal('no topics');
    await this.show(retentionDocument(partitions.flat(), { dryRun: true }), retentionStatusView);
  }
}

async function statusOf(cluster: Cluster, name: string): Promise<RetainedPartition[]> {
  const policy = retentionPolicy(await cluster.describeTopic(name));
  const plans = await cluster.planRetention(name);
  return plans.map((plan) => retainedPartition(plan, policy));
}
