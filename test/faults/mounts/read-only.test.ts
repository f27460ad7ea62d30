/**
 * Data directories that may be read and not be written: a mount that is read-only, files that nobody may
 * change, another user's partition. Reading works, and leaves everything as it was; whoever would write
 * says why not, and where.
 *
 * Of the faults: a read-only directory and mount; permission denied on one partition.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { attempt, type MountedShell, onMounts, system } from './mounted-shell.js';

const READERS = [
  'consume t',
  'consume t -g g --peek',
  'topic list',
  'topic describe t',
  'group list',
  'group describe g',
  'group members g',
  'group check g --max-lag 10',
  'segment list t',
  'segment dump $SPOOL_DIR/brokers/0/log/t-0/*.log',
  'retention status',
  'retention prune --dry-run -q',
  'verify',
];

const WRITERS = [
  'produce t -m x',
  'produce new --create -m x',
  'topic create new',
  'topic alter t -c retention.ms=1d',
  'topic add-partitions t --to 9',
  'topic trim t --before end -y',
  'topic delete t -y',
  'retention prune',
  'consume t -g g',
  'consume t -g new',
  'consume t -g g --exec cat',
  'group commit g t:0=0 -y',
  'group seek g --to start -y',
  'group delete g -y',
];

/** While partition 1 of `t` is closed to them. */
const FOR_OTHERS = [
  { command: 'consume t -p 0,2', code: 0, err: '' },
  { command: 'consume u', code: 0, err: '' },
  { command: 'produce t -p 2 -m x', code: 0, err: '' },
  { command: 'produce u -m x', code: 0, err: '' },
  { command: 'topic describe u', code: 0, err: '' },
  { command: 'consume u -g g', code: 0, err: '' },
  { command: 'consume t', code: 1, err: 'denied' },
  { command: 'produce t -p 1 -m x', code: 1, err: 'denied' },
  { command: 'topic describe t u', code: 1, err: 'denied' },
  { command: 'topic list', code: 1, err: 'denied' },
  { command: 'verify', code: 1, err: 'error: cannot open ' },
  { command: 'retention prune', code: 1, err: 'denied' },
];

const MADE = `
spool topic create t -p 3 -c internal.segment.bytes=1024
for p in 0 1 2; do seq -f "%500.0f" 5 | spool produce t -p $p; done
spool consume t -g g -F none
`;

lane('a read-only data directory', { root: true, programs: ['chattr', 'setpriv'] }, () => {
  test(
    'can be read on a read-only mount',
    onMounts(async (shell) => {
      const written = await made(shell);
      const mounted = shell.mount('mounted', '--bind', written);
      system('mount', '-o', 'remount,bind,ro', mounted);
      shell.dataDirectory = `${mounted}/data`;
      await expectReadable(
        shell,
        written,
        /^error: cannot \S+ \S+: the file system is read-only\n/,
      );
    }),
  );

  test(
    'can be read where nobody may change a file',
    onMounts(async (shell) => {
      const written = await made(shell);
      shell.undoLater(() => void attempt('chattr', '-R', '-i', written));
      system('chattr', '-R', '+i', written);
      await expectReadable(shell, written, /^error: cannot \S+ \S+: operation not permitted\n/);
    }),
  );

  test(
    'can be read but for what belongs to somebody else',
    onMounts(async (shell) => {
      const written = await made(shell);
      await shell.run('spool topic create u && spool produce u -m u');
      const folder = `${written}/data/brokers/0/log/t-1`;
      system('chown', '65534:65534', folder);
      system('chmod', '700', folder);
      const denied = `error: cannot list ${folder}: permission denied\n`;
      for (const { command, code, err } of FOR_OTHERS) {
        // Root without its powers is a user like any other.
        const found = await shell.run(
          `setpriv --bounding-set -all --inh-caps -all spool ${command}`,
        );
        expect({ command, code: found.code }).toEqual({ command, code });
        expect(found.err.startsWith(err === 'denied' ? denied : err)).toBe(true);
      }
      expect(await shell.run('spool verify -q')).toMatchObject({ code: 0, err: '' });
    }),
  );
});

async function made(shell: MountedShell): Promise<string> {
  const written = shell.makeFolder('written');
  shell.dataDirectory = `${written}/data`;
  expect(await shell.run(MADE)).toMatchObject({ code: 0, err: '' });
  return written;
}

async function expectReadable(
  shell: MountedShell,
  written: string,
  refusal: RegExp,
): Promise<void> {
  const tree = `cd ${written}; find . -printf '%p %s %T@ %C@ %m\\n' | sort; cat $(find . -type f | sort) | cksum`;
  const before = await shell.run(tree);
  for (const command of READERS) {
    expect({ command, ...(await shell.run(`spool ${command}`)) }).toMatchObject({
      command,
      code: 0,
      err: '',
    });
  }
  for (const command of WRITERS) {
    const { code, out, err } = await shell.run(`spool ${command}`);
    expect({ command, code, out, err }).toMatchObject({ command, code: 1, out: '' });
    expect(err).toMatch(refusal);
  }
  expect((await shell.run(tree)).out).toBe(before.out);
}
