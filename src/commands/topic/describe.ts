import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { topicDescriptionView } from '../../view/topic-description.js';
import { topicDocument } from '../../view/topic-document.js';

export default class TopicDescribe extends ClusterCommand {
  static override summary = 'Show the offsets, sizes, configs and writers of topics.';
  static override examples = [
    'spool topic describe orders',
    'spool topic describe orders --all',
    "spool topic describe 'orders*' --json",
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs.',
    }),
  };
  static override flags = {
    all: Flags.boolean({ summary: 'All configs, not only those that were set (also: -v).' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicDescribe);
    const cluster = await this.openCluster();
    const names = await this.topicsNamed(cluster, args.topic);
    const all = flags.all || this.verbose;
    const topics = await this.forEachTarget(names, async (name) =>
      topicDocument(await cluster.describeTopic(name), { all }),
    );
    if (topics.length > 0) await this.show(topics, topicDescriptionView);
  }
}
