import { Args, Flags } from '@oclif/core';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { describePosition } from '../../cli/grammar/position.js';
import { GroupMoveCommand } from '../../cli/group/group-move-command.js';
import { readInputText } from '../../cli/group/input-text.js';
import { parseShift, planSeek } from '../../cli/group/seek-move.js';
import { plannedOffsetsCsv } from '../../cli/group/offsets-csv.js';
import { moveView } from '../../view/group-move.js';

export default class GroupSeek extends GroupMoveCommand {
  static override summary = 'Move a group: back to read again, or on to leave out.';
  static override description =
    'Without topics: in all partitions that the group has a position in. What lies outside of the kept ' +
    'records is clamped. A group that does not exist is made.';
  static override examples = [
    'spool group seek load --to -1h --dry-run',
    'spool group seek load orders:0 --to 1200 -y',
    'spool group seek load orders --by -100 -y',
  ];
  static override strict = false;
  static override args = {
    group: Args.string({ required: true, ignoreStdin: true, description: 'The group.' }),
    topic: Args.string({ ignoreStdin: true, description: "orders, orders:2, 'ord*'" }),
  };
  static override usage =
    'group seek GROUP [TOPIC[:P]...] (--to POS | --by N | --file CSV) [flags]';
  static override flags = {
    to: Flags.string({
      helpValue: 'POS',
      exclusive: ['by', 'file'],
      summary: 'start, end, 1200, -100, -1h, 2026-11-22T09:30, group:OTHER',
    }),
    by: Flags.custom<number>({
      helpValue: '±N',
      exclusive: ['to', 'file'],
      summary: 'So many records on, or back.',
      parse: (text) => Promise.resolve(parseShift(text)),
    })(),
    file: Flags.string({
      helpValue: 'CSV',
      exclusive: ['to', 'by'],
      summary: 'TOPIC,PARTITION,OFFSET rows, as --csv prints them; - is standard input.',
    }),
    csv: Flags.boolean({
      exclusive: ['json'],
      summary: "Print the new positions as kafka-consumer-groups' --export does.",
    }),
    ...CONFIRMATION_FLAGS,
  };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(GroupSeek);
    const cluster = await this.openCluster();
    const move = await planSeek(argv.slice(1) as string[], flags, {
      group: args.group,
      topics: await this.topicsNamed(cluster, []),
      nowMs: this.now(),
      readText: (path) => readInputText(path, this.stop),
    });
    if (move.kind === 'seek' && move.to.kind === 'time') {
      this.noteOnTerminal(`to ${describePosition(move.to)}`);
    }
    const view = flags.csv ? plannedOffsetsCsv : moveView;
    const { yes, 'dry-run': dryRun } = flags;
    await this.moveGroup(await cluster.openGroups(), {
      group: args.group,
      move,
      yes,
      dryRun,
      view,
    });
  }
}
