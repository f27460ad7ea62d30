import { beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CompiledTree } from '../support/compiled-tree.js';
import { compileTree, ended, shell, start } from '../support/compiled-tree.js';

let tree: CompiledTree;

beforeAll(() => {
  tree = compileTree(resolve(import.meta.dirname, '../fixtures/commands'));
});

describe('exit codes and what is said', () => {
  test.concurrent.each([
    ['spool', 0, /^Kafka's log without the broker/, ''],
    ['spool thing drop --help', 0, /USAGE\n {2}spool thing drop THING\.\.\. \[flags\]/, ''],
    ['spool blcks', 2, /^$/, 'error: unknown command "blcks"\n  did you mean spool blocks?'],
    [
      'spool thing drp',
      2,
      /^$/,
      'error: unknown command "thing drp"\n  did you mean spool thing drop?',
    ],
    ['spool blocks 1 1 --wiat', 2, /^$/, 'error: unknown flag --wiat\n  did you mean --wait?'],
    ['spool thing drop a', 2, /^$/, 'error: needs a confirmation: drop a?\n  add -y to go ahead'],
    [
      'spool thing drop -y a missing damaged b',
      7,
      /^dropped a\ndropped b\n$/,
      'error: no thing missing',
    ],
    ['spool thing drop -y bug', 1, /^$/, 'error: this is a bug in spool: not a thing'],
  ] as const)('%s', async (line, code, stdout, stderr) => {
    const run = await shell(tree, line);
    expect(run.stdout.toString()).toMatch(stdout);
    if (stderr === '') expect(run.stderr).toBe('');
    else expect(run.stderr).toContain(stderr);
    expect(run.code).toBe(code);
  });

  test('with --json an error is one JSON line, whatever failed', async () => {
    for (const line of ['spool blocks --json', 'spool thing drop --json -y missing']) {
      const { stderr, code } = await shell(tree, line);
      const [first = '', ...rest] = stderr.split('\n');
      expect(rest).toEqual(['']);
      const { error } = JSON.parse(first) as { error: Record<string, unknown> };
      expect(Object.keys(error)).toEqual(['code', 'message', 'suggestion', 'details']);
      expect(code).toBe(error['code'] === 'INVALID_ARGUMENT' ? 2 : 3);
    }
  });

  test('a missing argument does not eat standard input, and says what there is', async () => {
    const run = await shell(tree, 'seq 5 | { spool blocks; echo "exit $?"; cat; }');
    expect(run.stdout.toString()).toBe('exit 2\n1\n2\n3\n4\n5\n');
    expect(run.stderr).toContain('error: missing SIZE COUNT\n  size: 1, 2, 3\n  usage:');
  });

  test('what follows -- is a command for those who take one, arguments for the others', async () => {
    const child = await shell(tree, "spool blocks 1 0 -- sh -c 'x --help' --wait");
    expect(child.stderr).toContain(`child ["sh","-c","x --help","--wait"]`);
    const words = await shell(tree, 'spool thing drop -y -- -q');
    expect(words.stdout.toString()).toBe('dropped -q\n');
  });

  test('runs through a symbolic link from any directory', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'spool-link-'));
    symlinkSync(tree.bin, join(elsewhere, 'spool'));
    const run = await shell(tree, `cd '${elsewhere}' && ./spool --version`);
    expect(run.stdout.toString()).toBe('spool 1.2.3\n');
  });
});

describe('standard output', () => {
  test.each([
    ['a pipe', 'spool blocks 1000 30000 -q | cksum'],
    ['a slow pipe', 'spool blocks 1000 30000 -q | { sleep 1; cksum; }'],
    ['a file', 'f=$(mktemp); spool blocks 1000 30000 -q > "$f"; cksum < "$f"; rm "$f"'],
    [
      'a file that is appended to',
      'f=$(mktemp); spool blocks 1000 30000 -q >> "$f"; cksum < "$f"; rm "$f"',
    ],
  ])('arrives whole through %s', async (_name, script) => {
    const expected = await shell(
      tree,
      `'${process.execPath}' -e 'for (let i = 0; i < 30000; i++) require("fs").writeSync(1, Buffer.alloc(1000, 97 + i % 26))' | cksum`,
    );
    const run = await shell(tree, script);
    expect(run.stdout.toString()).toBe(expected.stdout.toString());
  });

  test.each([
    ['long', 'spool blocks 100000 100000 -q | head -c 10'],
    ['short', 'spool blocks 10 1 -q | true; true'],
  ])('a reader that goes away ends it quietly, exit 0 (%s)', async (_name, script) => {
    const run = await shell(tree, `set -o pipefail; ${script}`);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(0);
  });

  test.each(['spool blocks 100 10', 'spool thing drop -y a'])(
    'a full disk is exit 1: %s',
    async (line) => {
      const run = await shell(tree, `${line} > /dev/full`);
      expect(run.stderr).toContain('error: cannot write to standard output: no space left');
      expect(run.code).toBe(1);
    },
  );

  test.concurrent.each(['<&- >&-', '2>/dev/full'])('survives %s', async (redirection) => {
    expect((await shell(tree, `spool blocks 10 1 ${redirection}`)).code).toBe(0);
  });
});

describe('standard input', () => {
  test('is not read by a command that has no use for it', async () => {
    const child = start(tree, ['--version'], { stdio: ['pipe', 'ignore', 'ignore'] });
    expect((await ended(child)).code).toBe(0);
  });

  test.concurrent.each(['pipe', 'file', 'substitution', 'fifo'])(
    'arrives whole from a %s',
    async (kind) => {
      const make = 'd=$(mktemp -d); head -c 3000000 /dev/urandom > "$d/in"; cksum < "$d/in"';
      const read = {
        pipe: 'cat "$d/in" | spool echo | cksum',
        file: 'spool echo < "$d/in" | cksum',
        substitution: 'spool echo <(cat "$d/in") | cksum',
        fifo: 'mkfifo "$d/p"; { sleep 0.3; cat "$d/in" > "$d/p"; } & spool echo "$d/p" | cksum',
      }[kind];
      const run = await shell(tree, `${make}; ${read ?? 'false'}; rm -r "$d"`);
      const [expected, got] = run.stdout.toString().split('\n');
      expect(got).toBe(expected);
      expect(run.stderr).toBe('');
    },
  );
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops the command in order, then ends the process as that signal does',
    async (signal) => {
      const child = start(tree, ['blocks', '10', '1', '--wait'], { stdio: 'pipe' });
      child.stdout?.once('data', () => child.kill(signal));
      const run = await ended(child);
      expect(run.signal).toBe(signal);
      expect(run.stderr).toBe('accepted 10\nsaved\n');
    },
  );

  test('ends within a second although nobody reads the output', async () => {
    const child = start(tree, ['blocks', '1000000', '5'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let exitedAfterMs = Infinity;
    const exited = new Promise<NodeJS.Signals | null>((resolveSignal) => {
      setTimeout(() => {
        const killedMs = Date.now();
        child.on('exit', (_code, signal) => {
          exitedAfterMs = Date.now() - killedMs;
          resolveSignal(signal);
        });
        child.kill('SIGINT');
      }, 800);
    });
    expect(await exited).toBe('SIGINT');
    expect(exitedAfterMs).toBeLessThan(3000);
    child.stdout?.destroy();
    child.stderr?.destroy();
  });

  test('interrupts a command that waits for input', async () => {
    const child = start(tree, ['echo'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin?.write('half a line');
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    expect((await ended(child)).signal).toBe('SIGTERM');
  });
});
