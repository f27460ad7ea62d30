import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { invalidArgument } from '../../cli/grammar/invalid-argument.js';
import { alteredText, ignoredConfigNotes } from '../../view/topic-change.js';
import { topicDocument } from '../../view/topic-document.js';
import { CONFIG_FLAG } from '../../cli/flags.js';

export default class TopicAlter extends ClusterCommand {
  static override summary = 'Change the configs of a topic.';
  static override description = 'Writers and retention follow at once; nothing needs a restart.';
  static override examples = [
    'spool topic alter orders -c retention.ms=2w',
    'spool topic alter orders -c retention.bytes=1GiB --unset retention.ms',
  ];
  static override args = {
    topic: Args.string({ required: true, ignoreStdin: true, description: 'The topic.' }),
  };
  static override flags = {
    config: CONFIG_FLAG(),
    unset: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: 'KEY',
      summary: 'Back to the default.',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicAlter);
    const { config: pairs = [], unset = [] } = flags;
    if (pairs.length + unset.length === 0) {
      throw invalidArgument('nothing to change', 'say -c KEY=VALUE or --unset KEY');
    }
    const set = Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
    const cluster = await this.openCluster();
    const topic = topicDocument(await cluster.alterTopic(args.topic, { set, unset }));
    for (const note of ignoredConfigNotes([topic], Object.keys(set))) this.note(note);
    this.noteOnTerminal(alteredText(topic));
    if (this.json) await this.showLine(topic);
  }
}
