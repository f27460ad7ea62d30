/**
 * One run of the program: what it may know of the process around it, where its output goes, and what
 * it will say to the shell. The launch makes one; a test makes its own and needs no process.
 */
import type { Config } from '@oclif/core';
import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import { isCoreError } from '../core/errors.js';
import type { Palette } from '../view/palette.js';
import { loadPalette, PLAIN_PALETTE } from '../view/palette.js';
import type { ColorChoice } from './color-choice.js';
import { isColored } from './color-choice.js';
import type { Variables } from './data-directory-path.js';
import { formatReport, formatReportJson, reportOf } from './error-report.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT, worstExitCode } from './exit-codes.js';
import { isReaderGone } from './reader-gone.js';
import type { OutputStream } from './stdout.js';
import { standardOutput } from './stdout.js';

/** The process, as far as commands may see it. */
export interface Surroundings {
  readonly variables: Variables;
  readonly inputIsTerminal: boolean;
  readonly outputIsTerminal: boolean;
  readonly messagesAreTerminal: boolean;
  /** Columns of the terminal that standard output is. */
  readonly columns: () => number;
  readonly now: () => number;
  /** To standard error. */
  readonly writeMessage: (text: string) => void;
  /** One line from the terminal; empty at its end. */
  readonly ask: (question: string, stop: AbortSignal) => Promise<string>;
  readonly openOutput: (session: Session) => OutputStream;
}

export class Session {
  readonly surroundings: Surroundings;
  readonly #controller: AbortController;
  #output: OutputStream | undefined;
  #exitCode: ExitCode = EXIT.done;
  /** What follows `--`, for the commands that run another one. */
  childCommand: readonly string[] | undefined;
  /** Errors go out as JSON lines. Known before the flags are parsed: parsing may be what fails. */
  isJson = false;
  color: ColorChoice | undefined;

  constructor(surroundings: Surroundings, controller: AbortController) {
    this.surroundings = surroundings;
    this.#controller = controller;
  }

  /** Aborted by the first signal, or when the reader of the output goes away. */
  get stop(): AbortSignal {
    return this.#controller.signal;
  }

  get output(): OutputStream {
    this.#output ??= this.surroundings.openOutput(this);
    return this.#output;
  }

  get exitCode(): ExitCode {
    return this.#exitCode;
  }

  requestStop(reason: Error): void {
    if (!this.stop.aborted) this.#controller.abort(reason);
  }

  /** The run goes on, and ends with this code or a worse one. */
  fail(code: ExitCode): void {
    this.#exitCode = worstExitCode(this.#exitCode, code);
  }

  async palette(isTerminal: boolean): Promise<Palette> {
    return await loadPalette(isColored(this.color, this.surroundings.variables, isTerminal));
  }

  /** Shows an error and notes its exit code. A reader that has gone, and a stop, are no news. */
  async report(error: unknown): Promise<void> {
    if (isReaderGone(error)) return;
    const report = reportOf(error);
    this.fail(report.exitCode);
    if (isCoreError(error, 'INTERRUPTED')) return;
    if (this.isJson) {
      this.surroundings.writeMessage(formatReportJson(report));
      return;
    }
    // A wrong SPOOL_COLOR may be the very thing to report.
    const palette = await this.palette(this.surroundings.messagesAreTerminal).catch(
      () => PLAIN_PALETTE,
    );
    this.surroundings.writeMessage(formatReport(report, palette));
  }

  /** Everything that was shown is with the kernel, or this fails as a write would. */
  async flush(): Promise<void> {
    await this.#output?.flush();
  }
}

export function processSurroundings(): Surroundings {
  // A message that nobody can read any more must not end the run.
  process.stderr.on('error', () => undefined);
  return {
    variables: process.env,
    inputIsTerminal: isatty(0),
    outputIsTerminal: isatty(1),
    messagesAreTerminal: isatty(2),
    columns: terminalColumns,
    now: Date.now,
    writeMessage: (text) => void process.stderr.write(text),
    ask,
    openOutput: (session) =>
      standardOutput({
        stop: session.stop,
        onReaderGone: (reason) => {
          session.requestStop(reason);
        },
      }),
  };
}

function terminalColumns(): number {
  const asked = Number(process.env['COLUMNS']);
  if (Number.isInteger(asked) && asked > 0) return asked;
  return process.stdout.columns || 80;
}

async function ask(question: string, stop: AbortSignal): Promise<string> {
  // Not `terminal`: in raw mode Ctrl-C would be a key, and not the signal that stops everything else.
  const { stdin: input, stderr: output } = process;
  const terminal = createInterface({ input, output, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => {
      terminal.once('close', () => {
        resolve('');
      });
    });
    return await Promise.race([terminal.question(question, { signal: stop }), ended]);
  } catch (error) {
    stop.throwIfAborted();
    throw error;
  } finally {
    terminal.close();
    process.stdin.unref();
  }
}

/** oclif makes the commands, and hands them nothing of ours but its config. */
const sessions = new WeakMap<Config, Session>();

export function bindSession(config: Config, session: Session): void {
  sessions.set(config, session);
}

export function sessionOf(config: Config): Session {
  let session = sessions.get(config);
  if (session === undefined) {
    session = new Session(processSurroundings(), new AbortController());
    sessions.set(config, session);
  }
  return session;
}
