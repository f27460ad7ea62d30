/** What help shows can be typed as it stands. */
import { expect, test } from '@jest/globals';
import { cpSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { appendValues, openSandbox } from '../../support/cli.js';

const FOLDER = resolve(import.meta.dirname, '../../../src/commands/group');

const examples: string[] = [];
for (const name of readdirSync(FOLDER)) {
  const module = (await import(`${FOLDER}/${name}`)) as { default: { examples: string[] } };
  examples.push(...module.default.examples);
}

test('all examples work where the topics and groups that they name are there', async () => {
  const prepared = openSandbox();
  const { spool, dataDir } = prepared;
  await spool(['topic', 'create', 'orders', 'payments']);
  for (const topic of ['orders', 'payments']) {
    await appendValues(dataDir, { topic, values: Array(1500).fill('v') as string[] });
  }
  for (const group of ['load', 'audit']) {
    await spool(['group', 'commit', group, 'orders=1400', 'payments=1500', '-y']);
  }
  // A receipt is made by consume, and tried where consume is.
  const lines = examples.filter((line) => !line.includes('--receipt'));
  const results = await Promise.all(
    lines.map(async (line) => {
      const { shell, dataDir: copy } = openSandbox();
      cpSync(dataDir, copy, { recursive: true });
      const { code, stderr } = await shell(line);
      return { line, code, stderr };
    }),
  );
  expect(results.length).toBeGreaterThan(15);
  expect(results.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
}, 60_000);
