/** One process of the real program, without a shell around it: its id is the one to kill. */
import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

/** What `npm run build` made; SPOOL_BIN names the launcher of another build. */
export const LAUNCHER = resolve(
  process.env['SPOOL_BIN'] ?? resolve(import.meta.dirname, '../../../bin/run.js'),
);

export interface ProcessOptions {
  readonly launcher: string;
  readonly dataDirectory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Each whole line of standard output, as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface Exit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly err: string;
}

export class SpoolProcess {
  /** Resolves when it has ended and all that it wrote has been read. */
  readonly ended: Promise<Exit>;
  readonly argv: readonly string[];
  readonly #child: ChildProcess;
  readonly #onLine: (line: string) => void;
  #rest = '';
  #err = '';
  /** Killed or stopped: it need not end as it should. */
  isDisturbed = false;

  constructor(argv: readonly string[], options: ProcessOptions) {
    this.argv = argv;
    this.#onLine = options.onLine ?? (() => undefined);
    const { PATH = '' } = process.env;
    this.#child = spawn(process.execPath, [options.launcher, ...argv], {
      env: {
        PATH,
        HOME: options.dataDirectory,
        SPOOL_DIR: options.dataDirectory,
        ...options.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // One that is killed does not read on.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('latin1').on('data', (text: string) => {
      this.#take(text);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    this.ended = new Promise((resolvePromise, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        resolvePromise({ code, signal, err: this.#err });
      });
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  send(input: string): void {
    this.#child.stdin?.write(input, 'latin1');
  }

  /** How much of what was sent it has not taken yet. */
  get unsentBytes(): number {
    return this.#child.stdin?.writableLength ?? 0;
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  /** False if it had ended before. */
  signal(signal: NodeJS.Signals): boolean {
    if (!this.isRunning) return false;
    this.isDisturbed = true;
    return this.#child.kill(signal);
  }

  /** What is left behind the last newline is the half of a line, and told to nobody. */
  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#onLine(line);
  }
}
