/**
 * What every command has: the shared flags, the data directory's path, the stop signal, and one way
 * each to show a result, say a sentence, ask a question and go through several targets.
 */
import type { Interfaces } from '@oclif/core';
import { Command, Config } from '@oclif/core';
import { CoreError, isCoreError } from '../core/errors.js';
import { escapeLines, safeJson } from '../view/escape.js';
import type { Look, View } from '../view/look.js';
import { usageOf } from './command-help.js';
import { dataDirectoryPath } from './data-directory-path.js';
import type { ExitCode } from './exit-codes.js';
import { unmarked } from './flag-values.js';
import { GLOBAL_FLAGS } from './flags.js';
import { parseErrorOf } from './parse-error.js';
import type { ProgressOptions } from './progress.js';
import { Progress } from './progress.js';
import { isReaderGone } from './reader-gone.js';
import type { Session } from './session.js';
import { sessionOf } from './session.js';
import type { OutputStream } from './stdout.js';
import type { Voice } from './voice.js';

type Values = Record<string, unknown>;

interface GlobalFlags {
  readonly dir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

export abstract class BaseCommand extends Command {
  static override baseFlags = GLOBAL_FLAGS;
  /** True: what follows `--` is a command to run. False: it is arguments, as usual. */
  static takesChildCommand = false;

  readonly #closers: (() => void | Promise<void>)[] = [];
  #globals: GlobalFlags = {};
  #progress: Progress | undefined;

  /** oclif's own would load the configuration again, and lose the session that is bound to it. */
  static override async run<T extends Command>(
    this: new (argv: string[], config: Config) => T,
    argv: string[] = [],
    options?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    const config = options instanceof Config ? options : await Config.load(options);
    return (new this(argv, config) as unknown as BaseCommand)._run<ReturnType<T['run']>>();
  }

  protected get session(): Session {
    return sessionOf(this.config);
  }

  /** Aborted by the first signal (CoreError INTERRUPTED) or a reader that has gone (ReaderGone). */
  protected get stop(): AbortSignal {
    return this.session.stop;
  }

  protected get output(): OutputStream {
    return this.session.output;
  }

  protected get json(): boolean {
    return this.#globals.json === true;
  }

  protected get verbose(): boolean {
    return this.#globals.verbose === true;
  }

  /** What was typed after `--`; undefined without one. */
  protected get childCommand(): readonly string[] | undefined {
    return this.session.childCommand;
  }

  /** Absolute; nothing is looked at or made. */
  protected dataDirectory(): string {
    return dataDirectoryPath(this.#globals.dir, this.session.surroundings.variables);
  }

  protected now(): number {
    return this.session.surroundings.now();
  }

  /** A sentence for a person, on stderr. Silent with -q. */
  protected note(text: string): void {
    if (this.#globals.quiet !== true) this.#say(text);
  }

  /** The same, only where a person watches, or asked for it: a cron job is silent when all is well. */
  protected noteOnTerminal(text: string): void {
    if (this.session.surroundings.messagesAreTerminal || this.verbose) this.note(text);
  }

  /** The same for those who do the command's work. */
  protected get voice(): Voice {
    return {
      warn: (text) => void this.warn(text),
      note: (text) => {
        this.note(text);
      },
      noteOnTerminal: (text) => {
        this.noteOnTerminal(text);
      },
      verbose: (text) => {
        if (this.verbose) this.note(text);
      },
      fail: (code) => {
        this.fail(code);
      },
    };
  }

  override warn(input: string | Error): string | Error {
    this.note(`warning: ${typeof input === 'string' ? input : input.message}`);
    return input;
  }

  /** The result on stdout: one JSON document with --json, else what the view makes of it. */
  protected async show<T>(result: T, view: View<T>): Promise<void> {
    const text = this.json ? `${safeJson(result)}\n` : view(result, await this.look());
    this.#progress?.clear();
    await this.output.write(Buffer.from(text));
  }

  /** One line of NDJSON on stdout. */
  protected async showLine(value: unknown): Promise<void> {
    await this.output.write(Buffer.from(`${safeJson(value)}\n`));
  }

  /** How text for stdout is to look. */
  protected async look(): Promise<Look> {
    const { outputIsTerminal, columns } = this.session.surroundings;
    return {
      width: outputIsTerminal ? columns() : undefined,
      palette: await this.session.palette(outputIsTerminal),
    };
  }

  /** Asks on a terminal (default: no). Without one, CONFIRMATION_REQUIRED unless `yes`. */
  protected async confirm(question: string, { yes }: { readonly yes: boolean }): Promise<boolean> {
    if (yes) return true;
    const { inputIsTerminal, messagesAreTerminal, ask } = this.session.surroundings;
    if (!inputIsTerminal || !messagesAreTerminal) {
      throw new CoreError('CONFIRMATION_REQUIRED', `needs a confirmation: ${question}`);
    }
    const answer = await ask(`${escapeLines(question)} [y/N] `, this.stop);
    const isYes = /^y(es)?$/i.test(answer.trim());
    if (!isYes) this.note('nothing was changed');
    return isYes;
  }

  /**
   * Does all, reports each failure as it happens; the worst exit code wins. Returns the results of
   * those that succeeded. A bug, a stop and a reader that has gone end it at once.
   */
  protected async forEachTarget<N, T>(
    targets: readonly N[],
    act: (target: N) => T | Promise<T>,
  ): Promise<T[]> {
    const results: T[] = [];
    for (const target of targets) {
      this.stop.throwIfAborted();
      try {
        results.push(await act(target));
      } catch (error) {
        if (!isCoreError(error) || isReaderGone(error) || this.stop.aborted) throw error;
        this.#progress?.clear();
        await this.session.report(error);
      }
    }
    return results;
  }

  /** The command goes on, and ends with this exit code or a worse one. */
  protected fail(code: ExitCode): void {
    this.session.fail(code);
  }

  /** A status line on stderr while this takes long. One at a time; taken away at the end. */
  protected progress(options: Pick<ProgressOptions, 'label' | 'unit' | 'total'>): Progress {
    const { messagesAreTerminal, writeMessage, now } = this.session.surroundings;
    this.#progress?.clear();
    this.#progress = new Progress({
      ...options,
      isShown: messagesAreTerminal && this.#globals.quiet !== true,
      now,
      write: writeMessage,
    });
    return this.#progress;
  }

  /** Called when the command ends, however it ends; the last one registered first. */
  protected onEnd(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  /** What helps someone who left out an argument, e.g. the names there are. Lines, or nothing. */
  protected hintForMissing?(argument: string): Promise<string | undefined>;

  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    let parsed: Interfaces.ParserOutput<F, B, A>;
    try {
      const input = options ?? (this.ctor as unknown as Interfaces.Input<F, B, A>);
      parsed = await super.parse(unmarking(input), argv);
    } catch (error) {
      // Whatever failed, --dir and its like are needed to say what there is.
      this.#globals = { ...looseGlobals(this.argv) };
      throw await this.#withHint(parseErrorOf(error, this.#shape()));
    }
    this.#globals = parsed.flags as GlobalFlags;
    this.session.isJson = this.json;
    this.session.color = (parsed.flags as { color?: Session['color'] }).color;
    return parsed;
  }

  /** oclif would set exit codes here; the launch does. */
  protected override catch(error: Error): Promise<never> {
    return Promise.reject(error);
  }

  protected override async finally(): Promise<void> {
    this.#progress?.clear();
    for (const close of this.#closers.reverse()) await close();
  }

  #say(text: string): void {
    this.#progress?.clear();
    this.session.surroundings.writeMessage(`${escapeLines(text)}\n`);
  }

  #shape(): { name: string; usage: string; flags: string[] } {
    const name = (this.id ?? '').replaceAll(':', ' ');
    const { args, flags, usage } = this.ctor;
    const shape = { name, args, ...(usage === undefined ? {} : { usage }) };
    return { name, usage: usageOf(shape), flags: Object.keys({ ...GLOBAL_FLAGS, ...flags }) };
  }

  async #withHint(error: unknown): Promise<unknown> {
    if (!isCoreError(error, 'INVALID_ARGUMENT')) return error;
    const missing = error.details['missing'];
    if (!Array.isArray(missing)) return error;
    // The hint reads the data directory; that it cannot must not hide what was wrong.
    const hint = await this.hintForMissing?.(missing[0] as string).catch(() => undefined);
    if (hint === undefined) return error;
    const suggestion = [hint, error.suggestion].filter(Boolean).join('\n');
    return new CoreError(error.code, error.message, { suggestion, details: error.details });
  }
}

/** Flags whose parsers are given their values as they were typed. */
function unmarking<I extends { flags?: object; baseFlags?: object }>(input: I): I {
  const wrapped = <T extends object | undefined>(flags: T): T =>
    Object.fromEntries(
      Object.entries((flags ?? {}) as FlagParsers).map(([name, flag]) => [
        name,
        unmarkingFlag(flag),
      ]),
    ) as T;
  return { ...input, flags: wrapped(input.flags), baseFlags: wrapped(input.baseFlags) };
}

type FlagParsers = Record<string, { parse?: (text: string, ...rest: unknown[]) => unknown }>;

function unmarkingFlag(flag: FlagParsers[string]): FlagParsers[string] {
  const { parse } = flag;
  if (parse === undefined) return flag;
  // A boolean's parser gets a boolean.
  const unmark = (value: string): string => (typeof value === 'string' ? unmarked(value) : value);
  return { ...flag, parse: (value, ...rest) => parse.call(flag, unmark(value), ...rest) };
}

/** The flags that matter to a hint, read without a parser that has just failed. */
function looseGlobals(argv: readonly string[]): GlobalFlags {
  const at = argv.findIndex((word) => word === '-d' || word === '--dir');
  const dir = at === -1 ? argv.find((word) => word.startsWith('--dir='))?.slice(6) : argv[at + 1];
  return dir === undefined ? {} : { dir: unmarked(dir) };
}
