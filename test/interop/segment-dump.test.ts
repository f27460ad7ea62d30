/** `segment dump` prints what Kafka's dump tool prints, line by line, for every kind of file. */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixtureRecipes } from './fixture-recipes.js';
import { goldenFolder } from './golden-fixtures.js';
import { run, runJava } from './java.js';
import { describeWithKafka } from './kafka-install.js';
import { segmentFiles } from './kafka-tools.js';
import { spoolMissing } from './spool-command.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RUN = join(ROOT, 'bin', 'run.js');
const GOLDEN = resolve(ROOT, '../shared/golden/kafka-generated');

const KINDS: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['as they are', [], []],
  ['with records', ['--deep-iteration'], ['--deep']],
  ['with keys and values', ['--print-data-log'], ['--print-data']],
];

const folders = (): string[] => [
  ...fixtureRecipes().map(({ name }) => join(goldenFolder(name), 'partition')),
  ...(existsSync(GOLDEN) ? readdirSync(GOLDEN).map((name) => join(GOLDEN, name)) : []),
];

describeWithKafka(
  'the text of segment dump',
  () => {
    const files = folders().flatMap((folder) => segmentFiles(folder));

    test('is compared over files of every kind', () => {
      for (const suffix of ['.log', '.index', '.timeindex', '.txnindex', '.snapshot']) {
        expect(files.some((file) => file.endsWith(suffix))).toBe(true);
      }
    });

    describe.each(KINDS)('%s', (_, ofKafka, ofSpool) => {
      test('is that of Kafka’s tool, line by line', async () => {
        const [theirs, ours] = await Promise.all([
          runJava('org.apache.kafka.tools.DumpLogSegments', [
            ...ofKafka,
            '--files',
            files.join(','),
          ]),
          run(process.execPath, [RUN, 'segment', 'dump', ...ofSpool, ...files], '', {
            NODE_OPTIONS: '',
          }),
        ]);
        expect(theirs.code).toBe(0);
        expect(ours.code).toBe(0);
        const lines = theirs.stdout.split('\n');
        expect(lines.length).toBeGreaterThan(files.length);
        expect(ours.stdout.split('\n')).toEqual(lines);
      });
    });
  },
  spoolMissing,
);
