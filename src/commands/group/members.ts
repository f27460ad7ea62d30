import { Args } from '@oclif/core';
import { GroupCommand } from '../../cli/group/group-command.js';
import { groupDocument } from '../../view/group-document.js';
import { groupMembersDocument, groupMembersView } from '../../view/group-members.js';

export default class GroupMembers extends GroupCommand {
  static override summary = 'Show the processes that work for a group.';
  static override examples = ['spool group members load', 'spool group members load --json'];
  static override args = {
    group: Args.string({ required: true, ignoreStdin: true, description: 'The group.' }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(GroupMembers);
    const groups = await this.openGroups();
    const document = groupMembersDocument(groupDocument(await groups.describe(args.group)));
    if (document.members.length === 0) this.noteOnTerminal(`${args.group} has no members`);
    await this.show(document, groupMembersView);
  }
}
