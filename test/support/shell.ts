/**
 * A shell as a user has it: `spool` on the PATH, a data directory and a home of its own, and nothing of
 * this process's environment, so no setting of the machine can decide a test.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** What `npm run build` made; SPOOL_BIN names the launcher of another build. */
const LAUNCHER = resolve(process.env['SPOOL_BIN'] ?? join(import.meta.dirname, '../../bin/run.js'));

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly bytes: Buffer;
  /** Standard output as text. */
  readonly out: string;
  readonly err: string;
}

export interface ShellOptions {
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** All of standard input; without it, /dev/null. */
  readonly input?: Uint8Array | string;
  /** Instead: standard input is a pipe that `send` writes to, and that ends with `endInput`. */
  readonly isInputOpen?: boolean;
}

export class Shell {
  /** Where scripts run. The data directory is `data` beside it. */
  readonly folder: string;
  readonly #root: string;
  readonly #running = new Set<ChildProcess>();

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), 'spool-shell-'));
    this.folder = join(this.#root, 'work');
    for (const name of ['work', 'home', 'bin']) mkdirSync(join(this.#root, name));
    // As npm installs it: this also tests the mode and the first line of the launcher.
    symlinkSync(LAUNCHER, join(this.#root, 'bin/spool'));
  }

  get dataDirectory(): string {
    return join(this.#root, 'data');
  }

  get environment(): Record<string, string> {
    const path = [join(this.#root, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''];
    return {
      PATH: path.join(':'),
      HOME: join(this.#root, 'home'),
      SPOOL_DIR: this.dataDirectory,
    };
  }

  /** Runs a bash script to its end. */
  run(script: string, options: ShellOptions = {}): Promise<Ended> {
    return this.start(script, options).ended;
  }

  /** A script of one `exec` has the process id of what it runs. */
  start(
    script: string,
    { env = {}, input, isInputOpen = false }: ShellOptions = {},
  ): RunningScript {
    const child = spawn('bash', ['-c', script], {
      cwd: this.folder,
      env: withChanges(this.environment, env),
      stdio: [input !== undefined || isInputOpen ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      // A process group of its own: what a failed test leaves running can be ended with it.
      detached: true,
    });
    this.#running.add(child);
    child.on('close', () => this.#running.delete(child));
    // A program that stops reading is what some tests are about.
    child.stdin?.on('error', () => undefined);
    if (!isInputOpen) child.stdin?.end(input);
    return new RunningScript(child);
  }

  write(name: string, content: Uint8Array | string): void {
    writeFileSync(join(this.folder, name), content);
  }

  read(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  /** Ends what still runs, and takes the files away. */
  remove(): void {
    for (const { pid } of this.#running) killGroup(pid, 'SIGKILL');
    rmSync(this.#root, { recursive: true, force: true });
  }
}

export class RunningScript {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #out: Buffer[] = [];
  readonly #err: Buffer[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#collect(child.stdout, this.#out);
    this.#collect(child.stderr, this.#err);
    this.ended = new Promise((resolvePromise, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        const bytes = Buffer.concat(this.#out);
        resolvePromise({ code, signal, bytes, out: bytes.toString(), err: this.err });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get out(): string {
    return Buffer.concat(this.#out).toString();
  }

  get err(): string {
    return Buffer.concat(this.#err).toString();
  }

  /** With isInputOpen. */
  send(input: string): void {
    this.#child.stdin?.write(input);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Everything that the script has started, too. */
  killGroup(signal: NodeJS.Signals): void {
    killGroup(this.#child.pid, signal);
  }

  /** Resolves as soon as it holds; rejects with what there is when it does not in `timeoutMs`. */
  until(holds: () => boolean, timeoutMs = 10_000): Promise<void> {
    return new Promise((resolvePromise, reject) => {
      const settle = (failure?: Error): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        if (failure === undefined) resolvePromise();
        else reject(failure);
      };
      const look = (): void => {
        if (holds()) settle();
      };
      const timer = setTimeout(() => {
        settle(new Error(`not within ${timeoutMs} ms; so far: ${this.out}${this.err}`));
      }, timeoutMs);
      this.#watchers.add(look);
      look();
    });
  }

  #collect(stream: ChildProcess['stdout'], chunks: Buffer[]): void {
    stream?.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      for (const look of this.#watchers) look();
    });
  }
}

/** The body of a test that has a shell of its own. */
export function inShell(body: (shell: Shell) => Promise<void>): () => Promise<void> {
  return async () => {
    const shell = new Shell();
    try {
      await body(shell);
    } finally {
      shell.remove();
    }
  };
}

function withChanges(
  environment: Record<string, string>,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const entries = Object.entries({ ...environment, ...changes });
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
