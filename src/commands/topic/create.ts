import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { CONFIG_FLAG } from '../../cli/flags.js';
import { isCoreError } from '../../core/errors.js';
import { type Cluster, type TopicDescription, checkNewTopic } from '../../core/index.js';
import { createdText, ignoredConfigNotes } from '../../view/topic-change.js';
import { topicDocument } from '../../view/topic-document.js';

type TopicRequest = Parameters<Cluster['createTopic']>[0];

export default class TopicCreate extends ClusterCommand {
  static override summary = 'Make topics.';
  static override description =
    'The first one makes the data directory too. Config values without a unit have that of Kafka.';
  static override examples = [
    'spool topic create orders',
    'spool topic create orders -p 3 -c retention.ms=30d -c retention.bytes=10GB',
    'spool topic create orders payments --if-not-exists',
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names: letters, digits, ".", "_" and "-".',
    }),
  };
  static override flags = {
    partitions: Flags.integer({
      char: 'p',
      default: 1,
      helpValue: 'N',
      summary: 'How many. [default: 1]',
    }),
    'replication-factor': Flags.integer({
      default: 1,
      helpValue: 'N',
      summary: 'Copies of each partition. [default: 1]',
    }),
    config: CONFIG_FLAG(),
    'if-not-exists': Flags.boolean({ summary: 'Leave a topic as it is if it exists.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicCreate);
    const config = Object.fromEntries((flags.config ?? []).map(({ key, value }) => [key, value]));
    const { partitions, 'replication-factor': replicationFactor } = flags;
    const requests = await this.forEachTarget([...new Set(args.topic)], async (name) => {
      const request = { name, partitions, replicationFactor, config };
      await checkNewTopic(request);
      return request;
    });
    if (requests.length === 0) return;
    const cluster = await this.createCluster();
    const create = flags['if-not-exists'] ? this.#createIfMissing : this.#create;
    const created = await this.forEachTarget(requests, (request) =>
      create.call(this, cluster, request),
    );
    const topics = created.map((description) => topicDocument(description));
    for (const note of ignoredConfigNotes(topics, Object.keys(config))) this.note(note);
    if (this.json && topics.length > 0) await this.showLine(topics);
  }

  async #create(cluster: Cluster, request: TopicRequest): Promise<TopicDescription> {
    const description = await cluster.createTopic(request);
    this.noteOnTerminal(createdText(topicDocument(description)));
    return description;
  }

  #createIfMissing(cluster: Cluster, request: TopicRequest): Promise<TopicDescription> {
    return this.#create(cluster, request).catch((error: unknown) => {
      if (!isCoreError(error, 'TOPIC_ALREADY_EXISTS')) throw error;
      this.noteOnTerminal(`${request.name} exists already`);
      return cluster.describeTopic(request.name);
    });
  }
}
