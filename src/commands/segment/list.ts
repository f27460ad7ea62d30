import { Args } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { parseTopicArgument } from '../../cli/grammar/topic-argument.js';
import { inspectFiles } from '../../core/index.js';
import { segmentListDocument, segmentListView } from '../../view/segment-list.js';

export default class SegmentList extends ClusterCommand {
  static override summary = 'List the segments of topics: offsets, sizes, times, index entries.';
  static override hiddenAliases = ['segment:ls'];
  static override examples = [
    'spool segment list',
    'spool segment list orders',
    'spool segment list orders:2 --json',
  ];
  static override args = {
    topic: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'TOPIC, TOPIC:PARTITION, or quoted globs. [default: all]',
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(SegmentList);
    const cluster = await this.openCluster();
    const inspection = await inspectFiles(cluster);
    const targets = await this.#targetsOf(cluster, args.topic ?? []);
    const found = await this.forEachTarget(targets, (target) => inspection.listSegments(target));
    if (targets.length === 0) this.noteOnTerminal('no topics');
    const partitions = found.flat();
    if (this.json) await this.showLine(segmentListDocument(partitions));
    else await this.show(partitions, segmentListView);
  }

  async #targetsOf(
    cluster: Awaited<ReturnType<ClusterCommand['openCluster']>>,
    words: readonly string[],
  ): Promise<{ topic: string; partitions: number[] | undefined }[]> {
    if (words.length === 0) {
      const names = await this.topicsNamed(cluster, []);
      return names.map((topic) => ({ topic, partitions: undefined }));
    }
    const targets = [];
    for (const word of words) {
      const { topic, partition } = parseTopicArgument(word);
      const partitions = partition === undefined ? undefined : [partition];
      const names = await this.topicsNamed(cluster, [topic]);
      targets.push(...names.map((name) => ({ topic: name, partitions })));
    }
    return targets;
  }
}
