// What every command pays before it does anything.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, report } from './rounds.js';

const SPOOL = fileURLToPath(new URL('../bin/run.js', import.meta.url));

export async function run({ small }) {
  const home = mkdtempSync(join(tmpdir(), 'spool-bench-'));
  try {
    // Certificates from the environment are parsed at every start of Node 20 and flatter the ratios.
    const env = { ...process.env, SPOOL_DIR: home, NODE_EXTRA_CA_CERTS: '' };
    const node = (...args) => {
      execFileSync(process.execPath, args, { env, stdio: 'ignore' });
      return args.at(-1);
    };
    node(SPOOL, 'topic', 'create', 't');
    const results = await measure(
      {
        'node -e 0': () => node('-e', '0'),
        'produce t -m x': () => node(SPOOL, 'produce', 't', '-m', 'x'),
        'consume t -n 1': () => node(SPOOL, 'consume', 't', '-n', '1'),
        'topic list': () => node(SPOOL, 'topic', 'list'),
        '--help': () => node(SPOOL, '--help'),
      },
      small ? 1 : 21,
    );
    return report(`start-up on Node ${process.versions.node}`, results);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
