import { Args, Flags } from '@oclif/core';
import { GroupCommand } from '../../cli/group/group-command.js';
import { formatOffsetsCsv } from '../../cli/group/offsets-csv.js';
import { groupDescriptionView } from '../../view/group-description.js';
import { type GroupDocument, groupDocument } from '../../view/group-document.js';
import { problemText } from '../../view/group-problem.js';

export default class GroupDescribe extends GroupCommand {
  static override summary = 'Show where groups stand, how far behind, and who works for them.';
  static override examples = [
    'spool group describe load',
    "spool group describe 'load*' --json",
    'spool group describe load --csv > positions.csv',
  ];
  static override args = {
    group: Args.string({
      multiple: true,
      required: true,
      ignoreStdin: true,
      description: 'Names, or quoted globs.',
    }),
  };
  static override flags = {
    csv: Flags.boolean({
      exclusive: ['json'],
      summary: "The positions alone, as kafka-consumer-groups' --export has them.",
    }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(GroupDescribe);
    const groups = await this.openGroups();
    const names = await this.groupsNamed(groups, args.group);
    const described = await this.forEachTarget(names, async (name) =>
      groupDocument(await groups.describe(name)),
    );
    if (described.length === 0) return;
    if (flags.csv) await this.#showCsv(described, names.length > 1);
    else await this.show(described, groupDescriptionView);
  }

  async #showCsv(groups: readonly GroupDocument[], withGroup: boolean): Promise<void> {
    const places = groups.flatMap(({ group, partitions }) =>
      partitions.map((place) => ({ ...place, group })),
    );
    // Nothing could be moved to these.
    const lost = places.filter(({ logEndOffset }) => logEndOffset === null);
    for (const place of lost) this.warn(`${problemText(place) ?? ''}; left out`);
    const rows = places
      .filter((place) => !lost.includes(place))
      .map(({ group, topic, partition, committedOffset: offset }) => {
        return { topic, partition, offset, ...(withGroup ? { group } : {}) };
      });
    await this.show(rows, formatOffsetsCsv);
  }
}
