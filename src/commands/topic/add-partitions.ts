import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { addedPartitionsText, movedKeysWarning } from '../../view/topic-change.js';
import { topicDocument } from '../../view/topic-document.js';

export default class TopicAddPartitions extends ClusterCommand {
  static override summary = 'Give a topic more partitions.';
  static override description =
    'Records stay where they are, but a key may go to another partition from then on, so its old ' +
    'and new records are no longer in order. Partitions are never removed.';
  static override examples = [
    'spool topic add-partitions orders --to 6',
    'spool topic add-partitions orders --to 12 --json',
  ];
  static override args = {
    topic: Args.string({ required: true, ignoreStdin: true, description: 'The topic.' }),
  };
  static override flags = {
    to: Flags.integer({ required: true, helpValue: 'TOTAL', summary: 'How many it shall have.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicAddPartitions);
    const cluster = await this.openCluster();
    const topic = topicDocument(await cluster.addPartitions(args.topic, flags.to));
    this.warn(movedKeysWarning(topic));
    this.noteOnTerminal(addedPartitionsText(topic));
    if (this.json) await this.showLine(topic);
  }
}
