/**
 * What needs a process of its own: a terminal's group, a working directory, an environment, a death.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ended, ended } from '../../support/compiled-tree.js';

const PROJECT = resolve(import.meta.dirname, '../../..');

let folder: string;

/** One run of $1 over $BLOCKS blocks of 64 KiB; says how it ended. */
const PROGRAM = `
import { describeEnd } from './exec/child-end.js';
import { runChild } from './exec/run-child.js';
import { SignalWatch } from './signals.js';
import { withBatchFile } from './exec/batch-file.js';
const { BLOCKS, GONE, TIMEOUT, FILE, IS_TERMINAL } = process.env;
const controller = new AbortController();
const signals = new SignalWatch(controller);
if (GONE) { process.chdir(GONE); process.cwd(); (await import('node:fs')).rmdirSync(GONE); }
const block = Buffer.alloc(64 * 1024, 'x');
const request = {
  command: process.argv[3] ? { kind: 'argv', words: process.argv.slice(3) } : { kind: 'shell', text: process.argv[2] },
  environment: process.env, lockDescriptor: undefined, timeoutMs: TIMEOUT && Number(TIMEOUT),
  stop: controller.signal, isTerminal: Boolean(IS_TERMINAL), onSpawn: () => undefined,
  feed: async (input) => { for (let i = 0; i < Number(BLOCKS ?? 0); i++) await input.write(block); },
};
const run = (environment) => runChild({ ...request, environment });
const end = await (FILE
  ? withBatchFile((output) => request.feed(output), (path) => run({ ...process.env, FILE: path }))
  : run(process.env)).catch((error) => error);
process.stderr.write((end.kind ? describeEnd(end) : String(end)) + '\\n');
process.stderr.write('rss ' + process.resourceUsage().maxRSS + '\\n');
signals.release();
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-exec-'));
  execFileSync(
    join(PROJECT, 'node_modules/.bin/esbuild'),
    [
      '--bundle',
      '--platform=node',
      '--format=esm',
      '--log-level=error',
      `--outfile=${join(folder, 'program.mjs')}`,
    ],
    {
      input: PROGRAM.replaceAll("from './", `from '${PROJECT}/src/cli/`).replaceAll(".js'", ".ts'"),
    },
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function start(words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(folder, 'program.mjs'), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], folder, ...env },
    cwd: folder,
  });
  return { child, ended: ended(child) };
}

function run(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return start(words, env).ended;
}

async function appears(name: string): Promise<void> {
  while (!existsSync(join(folder, name))) await sleep(5);
}

test('megabytes of output pass, and a batch that is larger than memory', async () => {
  const { stdout, stderr, code } = await run(['cat'], { BLOCKS: '6000' });
  expect({ code, bytes: stdout.length }).toEqual({ code: 0, bytes: 6000 * 64 * 1024 });
  expect(stderr).toContain('ended with exit status 0');
  // In KiB. Node alone takes some 50 MiB.
  expect(Number(/rss (\d+)/.exec(stderr)?.[1])).toBeLessThan(150_000);
});

test('a working directory that was removed is not taken for a missing command', async () => {
  const gone = join(folder, 'gone');
  for (const words of [['./load.sh'], ['', './load.sh']]) {
    mkdirSync(gone);
    const { stderr } = await run(words, { GONE: gone });
    expect(stderr).toContain('was not found (127): the working directory was removed');
  }
  mkdirSync(gone);
  expect((await run(['exit 3'], { GONE: gone })).stderr).toContain('ended with exit status 3');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches the command, and then ends the program as it would have',
  async (name) => {
    const running = start([`echo $$ >"$folder/${name}"; exec sleep 5`]);
    await appears(name);
    running.child.kill(name);
    const { signal, stderr } = await running.ended;
    expect(stderr).toContain(`was killed by ${name}`);
    expect(signal).toBe(name);
  },
);

test('a file is removed after a signal too', async () => {
  const running = start(['echo "$FILE" >"$folder/name.new"; mv "$folder/name.new" "$folder/name"; wc -c <"$FILE"; exec sleep 5'], { FILE: '1', BLOCKS: '3' }); // prettier-ignore
  await appears('name');
  const path = readFileSync(join(folder, 'name'), 'utf8').trim();
  expect(existsSync(path)).toBe(true);
  await sleep(30);
  running.child.kill('SIGTERM');
  const { stdout } = await running.ended;
  expect(String(stdout).trim()).toBe(String(3 * 64 * 1024));
  expect(existsSync(path)).toBe(false);
});

test('Ctrl-C at a terminal reaches the command once', async () => {
  const script = `trap 'echo int >>"$folder/ints"' INT; : >"$folder/ready"; for i in 1 2 3 4 5 6; do sleep 0.1; done`;
  // script(1) gives it a terminal, and what it reads from its input is typed there.
  const node = `'${process.execPath}' '${join(folder, 'program.mjs')}' '${script.replaceAll("'", `'\\''`)}'`;
  writeFileSync(join(folder, 'terminal.sh'), node);
  const terminal = spawn('script', ['-qec', `sh '${join(folder, 'terminal.sh')}'`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], folder, IS_TERMINAL: '1' },
  });
  const done = ended(terminal);
  await appears('ready');
  terminal.stdin.write('\x03');
  await done;
  expect(readFileSync(join(folder, 'ints'), 'utf8')).toBe('int\n');
});
