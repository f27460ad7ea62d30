import { Args } from '@oclif/core';
import { CONFIRMATION_FLAGS } from '../../cli/flags.js';
import { GroupCommand } from '../../cli/group/group-command.js';
import type { Groups } from '../../core/index.js';
import { givenUpText } from '../../view/group-batch.js';
import {
  type DoomedGroup,
  doomedGroup,
  groupDeletionQuestion,
  groupDeletionView,
} from '../../view/group-deletion.js';

export default class GroupDelete extends GroupCommand {
  static override summary = 'Forget groups: their positions, batches and history.';
  static override hiddenAliases = ['group:rm'];
  static override examples = [
    "spool group delete 'load*' --dry-run",
    'spool group delete load audit -y',
  ];
  static override args = {
    group: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs.',
    }),
  };
  static override flags = CONFIRMATION_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GroupDelete);
    const groups = await this.openGroups();
    const names = await this.groupsNamed(groups, args.group);
    const doomed = await this.forEachTarget(names, async (name) =>
      doomedGroup(await groups.describe(name)),
    );
    if (doomed.length === 0) return;
    const dryRun = flags['dry-run'];
    if (!dryRun && !(await this.confirm(groupDeletionQuestion(doomed), flags))) return;
    const gone = dryRun
      ? doomed
      : await this.forEachTarget(doomed, (each) => this.#delete(groups, each));
    if (gone.length > 0) await this.show({ dryRun, groups: gone }, groupDeletionView);
  }

  async #delete(groups: Groups, doomed: DoomedGroup): Promise<DoomedGroup> {
    await groups.delete(doomed.group);
    this.noteOnTerminal(`deleted ${doomed.group}`);
    for (const batch of doomed.pending) this.note(givenUpText(doomed.group, batch));
    return doomed;
  }
}
