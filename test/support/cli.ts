/** The real program, `bin/run.js` over `dist/`, in surroundings of its own. Needs `npm run build`. */
import { afterAll } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openCluster } from '../../src/core/index.js';
import type { Ended } from './compiled-tree.js';
import { ended } from './compiled-tree.js';

const BIN = resolve(import.meta.dirname, '../../bin/run.js');

/** Whom a run without root's rights is; the number is `nobody` nearly everywhere. */
export const NOBODY = 65_534;

export interface RunOptions {
  /** On standard input; without it, standard input is empty. */
  readonly input?: string | Uint8Array;
  /** On top of what there is; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** As whom; only root may choose. */
  readonly uid?: number;
}

export interface Ran extends Ended {
  /** Standard output. (An empty Buffer in `toMatchObject` matches any; this does not.) */
  readonly text: string;
}

export interface Sandbox {
  /** An empty directory, also HOME. */
  readonly root: string;
  /** SPOOL_DIR; not made yet. */
  readonly dataDir: string;
  /** Never rejects because of what the program does. */
  readonly spool: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** A bash script in which `spool` is the program. */
  readonly shell: (script: string, options?: RunOptions) => Promise<Ran>;
}

const roots: string[] = [];
afterAll(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** Removed when the test file ends. Nothing in it is shared, so tests may run at once. */
export function openSandbox(): Sandbox {
  if (!existsSync(join(BIN, '../../dist/cli/launch.js'))) throw new Error('npm run build first');
  const root = mkdtempSync(join(tmpdir(), 'spool-cli-'));
  roots.push(root);
  const dataDir = join(root, 'data');
  const cwd = join(root, 'cwd');
  mkdirSync(cwd);
  const run = async (
    command: string,
    args: readonly string[],
    options: RunOptions,
  ): Promise<Ran> => {
    const { input = '', env = {}, uid } = options;
    const child = spawn(command, args, {
      cwd: options.cwd ?? cwd,
      // Nothing of the caller's but PATH: not its colours, its zone, its NODE_OPTIONS.
      env: { PATH: process.env['PATH'], HOME: root, SPOOL_DIR: dataDir, TZ: 'UTC', ...env },
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    // A program that does not read its input is no failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const end = await ended(child);
    return { ...end, text: String(end.stdout) };
  };
  return {
    root,
    dataDir,
    spool: (args, options = {}) => run(process.execPath, [BIN, ...args], options),
    shell: (script, options = {}) =>
      run('bash', ['-c', `spool() { '${process.execPath}' '${BIN}' "$@"; }\n${script}`], options),
  };
}

/** What a command with --json has shown. */
export function jsonOf({ text }: Ran): unknown {
  return JSON.parse(text);
}

/** For lists of topics. */
export function topicNamesOf(listed: Ran): string[] {
  return (jsonOf(listed) as readonly { readonly topic: string }[]).map(({ topic }) => topic);
}

export interface Values {
  readonly topic: string;
  readonly values: readonly string[];
  readonly partition?: number;
  /** Of all of them, in ms; the default is now. */
  readonly timestamp?: number;
}

/** Appends records one batch each, through the core: faster than a process, and at any time. */
export async function appendValues(dataDir: string, request: Values): Promise<void> {
  const { topic, values, partition = 0, timestamp } = request;
  const cluster = await openCluster({
    path: dataDir,
    command: 'test',
    lockTimeoutMs: 5000,
    now: Date.now,
    random: Math.random,
    stop: new AbortController().signal,
  });
  try {
    const producer = await cluster.openProducer(topic, {
      compression: 'none',
      sync: 'never',
      partition,
      onAcknowledged: () => undefined,
    });
    for (const value of values) {
      const headers: never[] = [];
      producer.add({ key: null, value: Buffer.from(value), headers, timestamp, partition });
      await producer.flush({ all: true });
    }
    await producer.close();
  } finally {
    cluster.close();
  }
}

/** Every file below a directory and its bytes, to see that nothing was changed. */
export function filesBelow(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file).toString('base64')]),
  );
}
