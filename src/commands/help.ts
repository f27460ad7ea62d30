import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { helpFor } from '../cli/help.js';

export default class Help extends BaseCommand {
  static override summary = 'Explain a command, or show a page.';

  static override examples = [
    'spool help consume',
    'spool help topic create',
    'spool help offsets',
  ];

  static override args = {
    word: Args.string({
      multiple: true,
      ignoreStdin: true,
      description: 'A command, a noun (topic), or a page (offsets).',
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Help);
    const text = helpFor(this.config, args.word ?? [], await this.look());
    await this.output.write(Buffer.from(text));
  }
}
