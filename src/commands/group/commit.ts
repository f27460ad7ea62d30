import { Args, Flags } from '@oclif/core';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { invalidArgument } from '../../cli/grammar/invalid-argument.js';
import { GroupMoveCommand } from '../../cli/group/group-move-command.js';
import { readInputText } from '../../cli/group/input-text.js';
import { resolvePositions } from '../../cli/group/position-argument.js';
import { parseReceipt } from '../../cli/group/receipt.js';
import type { Cluster, GroupMove } from '../../core/index.js';

export default class GroupCommit extends GroupMoveCommand {
  static override summary = 'Save positions: what comes before them is done.';
  static override description =
    'A receipt moves the group past what its run read, without a question; it is refused (exit 4) if ' +
    'the group has moved meanwhile.';
  static override examples = [
    'spool group commit load --receipt r.json',
    'spool group commit load orders:0=1200 payments=80 -y',
    'spool group commit load orders:0=1200 --dry-run',
  ];
  static override strict = false;
  static override args = {
    group: Args.string({ required: true, ignoreStdin: true, description: 'The group.' }),
    position: Args.string({
      ignoreStdin: true,
      description: 'TOPIC:PARTITION=OFFSET, the next one to read.',
    }),
  };
  static override usage = 'group commit GROUP (TOPIC[:P]=OFFSET... | --receipt FILE) [flags]';
  static override flags = {
    receipt: Flags.string({
      helpValue: 'FILE',
      summary: 'What consume --receipt wrote; - is standard input.',
    }),
    ...CONFIRMATION_FLAGS,
  };

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(GroupCommit);
    const words = argv.slice(1) as string[];
    checkOneForm(words, flags.receipt);
    const cluster = await this.openCluster();
    const move = await this.#move(cluster, words, flags.receipt);
    await this.moveGroup(await cluster.openGroups(), {
      group: args.group,
      move,
      // The receipt is the proof that the work was given out, and that nothing happened since.
      yes: flags.yes || move.kind === 'receipt',
      dryRun: flags['dry-run'],
    });
  }

  async #move(cluster: Cluster, words: string[], path: string | undefined): Promise<GroupMove> {
    if (path !== undefined) {
      return { kind: 'receipt', receipt: parseReceipt(await readInputText(path, this.stop)) };
    }
    return { kind: 'offsets', offsets: await resolvePositions(words, cluster), clamp: false };
  }
}

function checkOneForm(words: readonly string[], receipt: string | undefined): void {
  if (words.length > 0 !== (receipt !== undefined)) return;
  throw invalidArgument(
    receipt === undefined ? 'nothing says which positions' : 'a receipt names the positions itself',
    'either TOPIC:PARTITION=OFFSET..., or --receipt FILE',
  );
}
