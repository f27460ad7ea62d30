// Writes docs/cli.md from the commands' own help; with --check it only says whether that is needed.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { helpFor } from '../dist/cli/help.js';
import { PLAIN_LOOK } from '../dist/view/look.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}/docs/cli.md`;
const config = await Config.load({ root });
const look = { ...PLAIN_LOOK, width: 100 };

const sections = config.commands
  .filter(({ hidden }) => !hidden)
  .map(({ id }) => id.replaceAll(':', ' '))
  .sort()
  .map(
    (name) =>
      `## ${name}\n\n\`\`\`\n${helpFor(config, name.split(' '), look, 'full').trimEnd()}\n\`\`\`\n`,
  );
const text = [
  '# The command line\n',
  'What each command says of itself with `--help`. Written by `node scripts/cli-docs.js`; a test sees to',
  'it that it is up to date. The pages behind `spool help offsets|formats|pipes|exit-codes|cron` tell the',
  'rest.\n',
  ...sections,
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(path, text);
else if (readFileSync(path, 'utf8') !== text) {
  console.error('docs/cli.md is not what the commands say: run node scripts/cli-docs.js');
  process.exitCode = 1;
}
