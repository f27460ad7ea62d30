import { Args } from '@oclif/core';
import { compileGlob } from '../../cli/grammar/glob.js';
import { GroupCommand } from '../../cli/group/group-command.js';
import { groupSummaryDocument } from '../../view/group-document.js';
import { groupListView } from '../../view/group-list.js';

export default class GroupList extends GroupCommand {
  static override summary = 'List consumer groups and how far they are behind.';
  static override hiddenAliases = ['group:ls'];
  static override examples = [
    'spool group list',
    "spool group list 'load*'",
    'spool group list --json',
  ];
  static override args = {
    glob: Args.string({
      ignoreStdin: true,
      default: '*',
      description: 'Only names that match; quote it.',
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(GroupList);
    const matches = compileGlob(args.glob);
    const groups = await this.openGroups();
    const names = (await this.readableGroups(groups)).filter((name) => matches(name));
    const listed = await this.forEachTarget(names, async (name) =>
      groupSummaryDocument(await groups.describe(name)),
    );
    if (listed.length === 0) this.noteOnTerminal('no groups');
    await this.show(listed, groupListView);
  }
}
