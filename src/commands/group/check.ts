import { Args } from '@oclif/core';
import { EXIT } from '../../cli/exit-codes.js';
import { GroupCommand } from '../../cli/group/group-command.js';
import { checkSomeLimit, LIMIT_FLAGS } from '../../cli/group/limit-flags.js';
import { fineText, groupCheckDocument, groupCheckView } from '../../view/group-check.js';

export default class GroupCheck extends GroupCommand {
  static override summary = 'Exit 4 if groups are too far behind.';
  static override description =
    'For monitors and cron: silent when all is well, else one line for each limit that a group is over.';
  static override examples = [
    'spool group check load --max-age 2h',
    'spool group check load --max-lag 10000 --max-idle 1d --json',
    "spool group check 'load*' --max-attempts 3 || page-someone",
  ];
  static override args = {
    group: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs.',
    }),
  };
  static override flags = LIMIT_FLAGS;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GroupCheck);
    const limits = checkSomeLimit(flags);
    const groups = await this.openGroups();
    const names = await this.groupsNamed(groups, args.group);
    const checks = await this.forEachTarget(names, async (name) =>
      groupCheckDocument(await groups.describe(name), limits, this.now()),
    );
    for (const check of checks) {
      if (!check.isWithinLimits) this.fail(EXIT.answerIsNo);
      else if (this.verbose) this.note(fineText(check));
    }
    if (checks.length > 0) await this.show(checks, groupCheckView);
  }
}
