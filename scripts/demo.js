// What Spool is for, in a minute: a topic, a file into it, a read from an offset, an old week let go.
// Everything happens in a directory of its own, which is removed at the end.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'spool-demo-'));
symlinkSync(join(root, 'bin', 'run.js'), join(home, 'spool'));
const env = {
  ...process.env,
  PATH: `${home}${delimiter}${process.env.PATH}`,
  SPOOL_DIR: join(home, 'data'),
};

const steps = [
  [
    'A topic is a directory of files. This one keeps a month.',
    'spool topic create clicks -c retention.ms=30d',
  ],
  [
    "Last week's log goes in, with last week's time,",
    'head -400 examples/access.log | spool produce clicks --timestamp -8d --json',
  ],
  [
    "and today's. Exit 0 means: it is on disk.",
    'tail -n +401 examples/access.log | spool produce clicks --json',
  ],
  [
    'Read from anywhere: four records from offset 398 on,',
    "spool consume clicks --from-offset 398 -n 4 -F '{offset}  {timestamp}  {value}' | cut -c1-100",
  ],
  ['what failed in the last hour,', "spool consume clicks --from -1h --grep '\" 500 ' | wc -l"],
  ['or the newest one, as JSON.', 'spool consume clicks --last 1 -F json'],
  [
    'A group remembers where it stands. The job gets a batch, and has failed:',
    'spool consume clicks -g billing -n 300 --exec \'exit 1\' || echo "spool: exit $?"',
  ],
  [
    'so the same batch comes again, and counts only now.',
    'spool consume clicks -g billing -n 300 --exec \'echo "batch $SPOOL_BATCH_ID, attempt $SPOOL_BATCH_ATTEMPT:" $(wc -l) records\'',
  ],
  ['Where does it stand?', 'spool group describe billing'],
  ['The policy changes: a week is enough.', 'spool topic alter clicks -c retention.ms=7d -q'],
  ['What would that let go of?', 'spool retention prune --dry-run'],
  ['Let go of it. From cron this line is silent.', 'spool retention prune'],
  ['Offsets never change: the log begins later now.', 'spool topic describe clicks'],
  ['And every byte is as it was written.', 'spool verify clicks'],
];

let failed = false;
try {
  for (const [text, command] of steps) {
    process.stdout.write(`\n# ${text}\n$ ${command}\n`);
    const { status } = spawnSync('sh', ['-c', command], { cwd: root, env, stdio: 'inherit' });
    if (status !== 0) {
      process.stdout.write(`(exit ${status})\n`);
      failed = true;
      break;
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
if (failed) process.exitCode = 1;
else process.stdout.write('\nThat is all. Next: npx spool --help\n');
