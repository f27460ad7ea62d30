import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { invalidArgument, quoted } from '../../cli/grammar/invalid-argument.js';
import { type CoreError, isCoreError } from '../../core/errors.js';
import type { Cluster } from '../../core/index.js';
import { deletionQuestion, deletionView, type DoomedTopic } from '../../view/topic-deletion.js';

export default class TopicDelete extends ClusterCommand {
  static override summary = 'Delete topics and all their records.';
  static override hiddenAliases = ['topic:rm'];
  static override examples = [
    "spool topic delete 'orders-*' --dry-run",
    'spool topic delete orders payments -y',
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs.',
    }),
  };
  static override flags = CONFIRMATION_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TopicDelete);
    checkWholeTopics(args.topic);
    const cluster = await this.openCluster();
    const names = await this.topicsNamed(cluster, args.topic);
    const doomed = await this.forEachTarget(names, (name) => lookAt(cluster, name));
    if (doomed.length === 0) return;
    const dryRun = flags['dry-run'];
    if (!dryRun && !(await this.confirm(deletionQuestion(doomed), flags))) return;
    const topics = dryRun
      ? doomed
      : await this.forEachTarget(doomed, (each) => this.#delete(cluster, each));
    if (topics.length > 0) await this.show({ dryRun, topics }, deletionView);
  }

  async #delete(cluster: Cluster, doomed: DoomedTopic): Promise<DoomedTopic> {
    await cluster.deleteTopic(doomed.topic);
    this.noteOnTerminal(`deleted ${doomed.topic}`);
    return doomed;
  }
}

/** `orders:0` names a partition, and must never stand for all of orders here. */
function checkWholeTopics(words: readonly string[]): void {
  const partition = words.find((word) => word.includes(':'));
  if (partition === undefined) return;
  throw invalidArgument(
    `${quoted(partition)} is a partition: only whole topics can be deleted`,
    `spool topic trim ${partition} --before end forgets its records`,
  );
}

/** That its records cannot be read must not keep a topic from being deleted. */
function lookAt(cluster: Cluster, topic: string): Promise<DoomedTopic> {
  return cluster.summarizeTopic(topic).then(
    ({ partitions, records, sizeBytes }) => ({ topic, partitions, records, sizeBytes }),
    (error: unknown) => {
      if (!isCoreError(error) || isNoTopic(error)) throw error;
      return { topic, partitions: null, records: null, sizeBytes: null };
    },
  );
}

function isNoTopic(error: CoreError): boolean {
  return error.code === 'UNKNOWN_TOPIC_OR_PARTITION' || error.code === 'INVALID_TOPIC';
}
