import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { compileGlob } from '../../cli/grammar/glob.js';
import { topicListView } from '../../view/topic-list.js';

export default class TopicList extends ClusterCommand {
  static override summary = 'List topics.';
  static override hiddenAliases = ['topic:ls'];
  static override examples = [
    'spool topic list',
    "spool topic list 'orders-*'",
    'spool topic list --internal --json',
  ];
  static override args = {
    glob: Args.string({
      ignoreStdin: true,
      default: '*',
      description: 'Only names that match; quote it.',
    }),
  };
  static override flags = {
    internal: Flags.boolean({ summary: 'Include names that begin with "__".' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicList);
    const matches = compileGlob(args.glob);
    const cluster = await this.openCluster();
    const names = (await cluster.topicNames())
      .filter((name) => flags.internal || !name.startsWith('__'))
      .filter((name) => matches(name));
    const topics = await this.forEachTarget(names, (name) => cluster.summarizeTopic(name));
    if (topics.length === 0) this.noteOnTerminal('no topics');
    await this.show(topics, topicListView);
  }
}
