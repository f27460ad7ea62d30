/**
 * The built program under strace: once to see which system calls it makes, then with a fault at one of
 * them. A killing comes before its call is made: strace lets the call fail and holds the thread right
 * behind it, and the process is killed there. (strace's own signal=KILL needs a stop at every call of
 * every name, which is three times slower.)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LAUNCHER } from './launcher.js';
import type { Aim } from './aim.js';
import { type SystemCall, injectedCall } from './system-call.js';

/** Every call by which a file can be reached or changed. */
const CALLS =
  'openat,read,pread64,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,' +
  'unlink,unlinkat,mkdir,mkdirat,rmdir,fcntl,fchmod,close,getdents64,statx,newfstatat,statfs,execve';

/** Names of temporary files are made of these: the same in every run, so that strace can be told them. */
const SAME_NAMES = `let count = 0;
crypto.getRandomValues = (array) => (array.fill(0)[0] = ++count, array);`;

/** Longer than anything here takes, also on a busy machine. */
const LIMIT_MS = 60_000;

export interface Fault {
  readonly aim: Aim;
  /** `KILL`, the error that the call fails with, or what else strace knows (`retval=0`). */
  readonly effect: string;
  /** That file fails from then on, each time. */
  readonly isLasting?: boolean;
}

export interface TracedRun {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly trace: string;
  /** Where the fault struck. */
  readonly hit: SystemCall | undefined;
}

export interface Surroundings {
  /** All that the program is to touch is below. */
  readonly root: string;
  readonly dataDir: string;
  /** HOME and working directory. */
  readonly folder: string;
  /** Standard output: a file, whose name strace knows. */
  readonly outPath: string;
}

export interface TracedCommand {
  readonly words: readonly string[];
  /** It runs another program, which may outlive it. */
  readonly hasChild?: boolean;
}

/** Everything it does, and what it says. */
export function traceProgram(
  surroundings: Surroundings,
  command: TracedCommand,
): Promise<TracedRun> {
  return runTraced(surroundings, command.words, ['--seccomp-bpf', '-e', `trace=${CALLS}`]);
}

export function strikeProgram(
  surroundings: Surroundings,
  { words, hasChild = false }: TracedCommand,
  fault: Fault,
): Promise<TracedRun> {
  const { aim, effect, isLasting = false } = fault;
  const isKill = effect === 'KILL';
  const when = `${aim.ordinal}${isLasting ? '+' : ''}`;
  const inject = (what: string): string[] => [
    ...['-P', surroundings.root + aim.path, '-e', `trace=${aim.name}`],
    ...['-e', `inject=${aim.name}:${what}:when=${when}`],
  ];
  // A child whose strace is killed could not go on under --seccomp-bpf.
  if (isKill && hasChild) return runTraced(surroundings, words, inject('signal=KILL'));
  const what = isKill ? `error=EIO:delay_exit=${LIMIT_MS / 1000}s` : whatOf(effect);
  return runTraced(surroundings, words, ['--seccomp-bpf', ...inject(what)], isKill);
}

function whatOf(effect: string): string {
  return effect.includes('=') ? effect : `error=${effect}`;
}

async function runTraced(
  { dataDir, folder, outPath }: Surroundings,
  words: readonly string[],
  flags: readonly string[],
  isKill = false,
): Promise<TracedRun> {
  const traceFolder = mkdtempSync(join(tmpdir(), 'spool-trace-'));
  const tracePath = join(traceFolder, 'trace');
  writeFileSync(tracePath, '');
  const out = openSync(outPath, 'w');
  const readTrace = (): string => readFileSync(tracePath, 'utf8');
  try {
    const child = spawn(
      'strace',
      [
        ...['-f', '-qq', '-y', '-e', 'signal=none', '-o', tracePath, ...flags],
        ...[process.execPath, LAUNCHER, ...words],
      ],
      {
        cwd: folder,
        // With one thread of its pool, which of them makes a call is not a matter of chance.
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          SPOOL_DIR: dataDir,
          UV_THREADPOOL_SIZE: '1',
          NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SAME_NAMES)}`,
        },
        stdio: ['ignore', out, 'pipe'],
        detached: true,
      },
    );
    const watcher = isKill ? watch(tracePath, () => killIfHit(child, readTrace())) : undefined;
    const ended = await endOf(child).finally(() => watcher?.close());
    const trace = readTrace();
    await untilGone(injectedCall(trace)?.thread);
    return { ...ended, out: readFileSync(outPath, 'utf8'), trace, hit: injectedCall(trace) };
  } finally {
    closeSync(out);
    rmSync(traceFolder, { recursive: true, force: true });
  }
}

/** strace itself cannot bear the death of a thread that it holds. Without it a child goes on by itself. */
function killIfHit(strace: ChildProcess, trace: string): void {
  const thread = injectedCall(trace)?.thread;
  if (thread === undefined) return;
  killQuietly(thread);
  strace.kill('SIGKILL');
}

/** A dying process closes one file after the other: its output may end before its locks do. */
async function untilGone(thread: number | undefined): Promise<void> {
  while (thread !== undefined && isAlive(thread)) await sleep(1);
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

/** When strace has ended, so has everything that it watched. */
function endOf(child: ChildProcess): Promise<Pick<TracedRun, 'code' | 'err'>> {
  let err = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((resolvePromise, reject) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) killQuietly(-child.pid);
      reject(new Error(`not ended after ${LIMIT_MS} ms; so far: ${err}`));
    }, LIMIT_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolvePromise({ code, err: err.replaceAll(/^strace: .*\n/gm, '') });
    });
  });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
