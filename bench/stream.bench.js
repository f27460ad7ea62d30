// Whole processes, file to log to pipe, beside what the machine can do without us.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, report } from './rounds.js';

const SPOOL = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export async function run({ small }) {
  const recordCount = small ? 5_000 : 2_000_000;
  const home = mkdtempSync(join(tmpdir(), 'spool-bench-'));
  try {
    const input = join(home, 'input');
    const lines = Array.from({ length: recordCount }, (_, at) => `${at} `.padEnd(106, 'x'));
    writeFileSync(input, `${lines.join('\n')}\n`);
    const env = { ...process.env, SPOOL_DIR: join(home, 'data'), NODE_EXTRA_CA_CERTS: '' };
    const sh = (script) =>
      execFileSync('sh', ['-c', script, 'sh', process.execPath, SPOOL, input, home], { env })
        .toString()
        .trim();
    sh('"$1" "$2" topic create read; "$1" "$2" produce read "$3"');
    const results = await measure(
      {
        'cp + sync': () => sh('cp "$3" "$4/copy"; sync "$4/copy"; rm "$4/copy"'),
        'produce FILE': () =>
          sh('"$1" "$2" produce t --create "$3"; "$1" "$2" topic delete t -y -q'),
        'cat | wc -l': () => sh('cat "$3" | wc -l'),
        'consume | wc -l': () => sh('"$1" "$2" consume read | wc -l'),
      },
      small ? 1 : 7,
    );
    return report(`stream: ${recordCount} lines of 107 bytes, whole processes`, results);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
