import { Args } from '@oclif/core';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { GroupMoveCommand } from '../../cli/group/group-move-command.js';

export default class GroupUndo extends GroupMoveCommand {
  static override summary = "Take back a group's last move.";
  static override description =
    'What one run of consume committed is one move, and so is one commit or seek. Done again, it takes ' +
    'back the move before.';
  static override examples = ['spool group undo load --dry-run', 'spool group undo load -y'];
  static override args = {
    group: Args.string({ required: true, ignoreStdin: true, description: 'The group.' }),
  };
  static override flags = CONFIRMATION_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GroupUndo);
    const { yes, 'dry-run': dryRun } = flags;
    const groups = await this.openGroups();
    await this.moveGroup(groups, { group: args.group, move: { kind: 'undo' }, yes, dryRun });
  }
}
