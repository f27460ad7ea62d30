import { Args, Flags } from '@oclif/core';
import { ClusterCommand } from '../../cli/cluster-command.js';
import { parseTopicArgument } from '../../cli/grammar/topic-argument.js';
import { type DumpEntry, inspectFiles, segmentDumping } from '../../core/index.js';
import { DumpDamage } from '../../view/segment-dump-damage.js';
import { DumpJson } from '../../view/segment-dump-json.js';
import { dumpText } from '../../view/segment-dump.js';

export default class SegmentDump extends ClusterCommand {
  static override summary = 'Show what segment files hold, as kafka-dump-log does.';
  static override examples = [
    'spool segment dump orders:0 --deep',
    'spool segment dump /backup/orders-0/00000000000000000000.index',
    'spool segment dump orders --print-data --json',
  ];
  static override args = {
    target: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'FILE (.log .index .timeindex .txnindex .snapshot), TOPIC or TOPIC:PARTITION.',
    }),
  };
  static override flags = {
    deep: Flags.boolean({
      aliases: ['deep-iteration'],
      summary: 'Each record, and not only each batch (also: --deep-iteration).',
    }),
    'print-data': Flags.boolean({
      aliases: ['print-data-log'],
      summary: 'Keys and values too; implies --deep (also: --print-data-log).',
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(SegmentDump);
    const printData = flags['print-data'];
    const deep = flags.deep || printData;
    const isTerminal = this.session.surroundings.outputIsTerminal;
    const json = new DumpJson({ deep, printData });
    const textOf = (entry: DumpEntry): string =>
      this.json ? json.textOf(entry) : dumpText(entry, { printData, isTerminal });
    const paths = await this.forEachTarget(args.target, (word) => this.#pathsOf(word));
    await this.forEachTarget(paths.flat(), (path) => this.#dump(path, deep, textOf));
  }

  async #dump(path: string, deep: boolean, textOf: (entry: DumpEntry) => string): Promise<void> {
    const damage = new DumpDamage(path);
    const { dumpSegmentFile } = await segmentDumping();
    for (const entry of dumpSegmentFile(path, { deep })) {
      this.stop.throwIfAborted();
      const text = textOf(entry);
      if (text !== '') await this.output.write(Buffer.from(text));
      if (entry.kind === 'note') this.note(`${path}, byte ${entry.position}: ${entry.reason}`);
      else if (entry.kind === 'damage') damage.add(entry);
    }
    damage.throwIfAny();
  }

  async #pathsOf(word: string): Promise<string[]> {
    if ((await segmentDumping()).isSegmentPath(word)) return [word];
    const { topic, partition } = parseTopicArgument(word);
    const cluster = await this.openCluster();
    const partitions = partition === undefined ? undefined : [partition];
    const inspection = await inspectFiles(cluster);
    const names = await this.topicsNamed(cluster, [topic]);
    return names.flatMap((name) => inspection.logFiles({ topic: name, partitions }));
  }
}
