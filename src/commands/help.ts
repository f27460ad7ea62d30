import { Args } from '@oclif/core';
import { join } from 'node:path';
import { BaseCommand } from '../cli/base-command.js';
import { helpFor, pageNamed } from '../cli/help.js';
import { machineOf } from '../cli/machine.js';
import type { Machine } from '../view/help-pages/page.js';

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
    const words = args.word ?? [];
    const page = pageNamed(words);
    const text =
      page === undefined
        ? helpFor(this.config, words, await this.look(), this.verbose ? 'full' : 'usual')
        : page.text(() => this.#machine());
    await this.output.write(Buffer.from(text));
  }

  #machine(): Machine {
    return machineOf({
      nodePath: process.execPath,
      launcherPath: join(this.config.root, 'bin/run.js'),
      dataDirectory: this.dataDirectory(),
    });
  }
}
