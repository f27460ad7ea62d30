/** What help shows can be typed as it stands. */
import { expect, test } from '@jest/globals';
import { cpSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { appendValues, openSandbox } from '../../support/cli.js';

const FOLDER = resolve(import.meta.dirname, '../../../src/commands');

const files = ['topic', 'retention'].flatMap((noun) =>
  readdirSync(`${FOLDER}/${noun}`).map((name) => `${FOLDER}/${noun}/${name}`),
);
const examples: string[] = [];
for (const file of files) {
  const module = (await import(file)) as { default: { examples: string[] } };
  examples.push(...module.default.examples);
}

test('all examples work on a data directory that has the topics they name', async () => {
  const prepared = openSandbox();
  await prepared.spool(['topic', 'create', 'orders', 'orders-eu', 'payments']);
  await appendValues(prepared.dataDir, { topic: 'orders', values: Array(2000).fill('v') });
  const results = await Promise.all(
    examples.map(async (line) => {
      const { shell, dataDir } = openSandbox();
      // Those that make topics find none.
      const isCreation = line.startsWith('spool topic create');
      if (!isCreation) cpSync(prepared.dataDir, dataDir, { recursive: true });
      const { code, stderr } = await shell(line);
      return { line, code, stderr: stderr.replace(/^(warning|note|nothing to do): .*\n/, '') };
    }),
  );
  expect(results.length).toBeGreaterThan(15);
  expect(results.filter(({ code, stderr }) => code !== 0 || stderr !== '')).toEqual([]);
}, 60_000);
