/**
 * Real processes for lock tests: src/core compiled into a temporary directory (Node 20 runs no
 * TypeScript), and a worker that opens a lock and does as it is told.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { transformSync } from '@swc/core';

const WORKER = `
import { spawn } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';
import { KernelLocks } from './core/fs/kernel-lock.js';
import { LockfileLocks } from './core/fs/lockfile-lock.js';
import { CombinedLocks } from './core/fs/combined-lock.js';

const [kind, path, job, countText] = process.argv.slice(2);
const locks =
  kind === 'kernel' ? new KernelLocks()
  : kind === 'lockfile' ? new LockfileLocks()
  : new CombinedLocks({ ignoreFullDisk: false });
const lock = locks.open(path);

function increment(file) {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  file.readAt(bytes, 0, 8, 0);
  view.setFloat64(0, view.getFloat64(0) + 1);
  file.writeAt(bytes, 0, 8, 0);
}

if (job === 'hold') {
  await lock.lock({ timeoutMs: Infinity });
  console.log('locked');
  setInterval(() => undefined, 1000);
} else if (job === 'hold-busy') {
  await lock.lock({ timeoutMs: Infinity });
  writeSync(1, 'locked\\n');
  const end = performance.now() + Number(countText);
  while (performance.now() < end);
} else if (job === 'hand-on' || job === 'hand-on-and-close') {
  await lock.lock({ timeoutMs: Infinity });
  const { pid } = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', lock.inheritable] });
  if (job === 'hand-on-and-close') lock.close();
  console.log(String(pid));
  setInterval(() => undefined, 1000);
} else if (job === 'hold-and-exit') {
  await lock.lock({ timeoutMs: Infinity });
  process.exit(0);
} else {
  for (let i = 0; i < Number(countText); i++) {
    await lock.lock({ timeoutMs: 60_000 });
    if (lock.stillHeld()) increment(lock.file);
    else console.log('lost');
    lock.unlock();
  }
  lock.close();
}
`;

export class LockProcesses {
  readonly directory = mkdtempSync(join(tmpdir(), 'spool-locks-'));
  readonly #children = new Set<ChildProcess>();

  constructor() {
    compileCore(join(this.directory, 'program'));
    writeFileSync(join(this.directory, 'program', 'worker.js'), WORKER);
  }

  start(kind: string, path: string, job: string, count = 0): ChildProcess {
    const program = join(this.directory, 'program', 'worker.js');
    const child = spawn(process.execPath, [program, kind, path, job, String(count)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** Kills what is left and removes the directory. */
  async end(): Promise<void> {
    for (const child of [...this.#children]) {
      child.kill('SIGKILL');
      await exitOf(child);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export async function firstLineOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) return line;
  throw new Error('the process said nothing');
}

/** The exit code, or the name of the signal that ended it. */
export async function exitOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode!;
}

function compileCore(target: string): void {
  for (const path of ['errors.ts', 'assert.ts', ...filesOf('fs')]) {
    const { code } = transformSync(readFileSync(join('src/core', path), 'utf8'), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    });
    const file = join(target, 'core', path.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
  }
  writeFileSync(join(target, 'package.json'), '{ "type": "module" }');
  symlinkSync(resolve('node_modules'), join(target, 'node_modules'));
}

function filesOf(folder: string): string[] {
  return readdirSync(join('src/core', folder)).map((name) => join(folder, name));
}
