/**
 * A command from its start to its end.
 *
 * With a group of its own (a session, in fact: node knows nothing less) a signal reaches everything
 * that it has started; but Ctrl-C is then not for it, and it has no terminal to ask for a password at.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../../core/assert.js';
import { type ChildCommand, programOf } from './child-command.js';

/** How often a group without its leader is looked at. */
const LOOK_MS = 20;

export interface CommandStart {
  readonly command: ChildCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
  readonly hasOwnGroup: boolean;
  /** From the SIGTERM of `end` to SIGKILL. */
  readonly killAfterMs: number;
}

export interface CommandExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when it runs. Rejects as spawn fails. */
export async function startCommand(start: CommandStart): Promise<RunningCommand> {
  const [program, ...args] = programOf(start.command);
  const child = spawn(program, args, {
    env: start.environment,
    stdio: start.stdio,
    detached: start.hasOwnGroup,
  });
  const exited = new Promise<CommandExit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  await once(child, 'spawn');
  return new RunningCommand(child, exited, start);
}

export class RunningCommand {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<CommandExit>;
  readonly #child: ChildProcess;
  readonly #hasOwnGroup: boolean;
  readonly #killAfterMs: number;
  #isKilled = false;
  #ending: Promise<void> | undefined;

  constructor(child: ChildProcess, exited: Promise<CommandExit>, start: CommandStart) {
    assert(child.pid !== undefined, 'a command runs and has no number');
    this.pid = child.pid;
    this.exited = exited;
    this.#child = child;
    this.#hasOwnGroup = start.hasOwnGroup;
    this.#killAfterMs = start.killAfterMs;
  }

  /** The socket that is its standard input, if it was started with one. */
  get stdin(): ChildProcess['stdin'] {
    return this.#child.stdin;
  }

  /** To it, or to its group where it has one of its own. Nothing once it has ended. */
  signal(signal: NodeJS.Signals): void {
    if (this.#isRunning) this.#send(signal);
  }

  /**
   * As timeout(1): SIGTERM, and SIGKILL if that was not enough. Resolves when it has ended, and so has
   * its group: whoever is asked to end may not be at the batch any more when that is tried again.
   */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    if (!this.#isRunning) return;
    this.#send('SIGTERM');
    // One that was stopped would not hear it.
    this.#send('SIGCONT');
    const killer = setTimeout(() => {
      this.#isKilled = true;
      if (this.#isRunning || this.#hasOwnGroup) this.#send('SIGKILL');
    }, this.#killAfterMs);
    await this.exited;
    while (this.#hasOwnGroup && !this.#isKilled && this.#isGroupAlive()) await sleep(LOOK_MS);
    clearTimeout(killer);
  }

  /** A number that was not waited for yet can be no other's. */
  get #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #isGroupAlive(): boolean {
    return this.#send(0);
  }

  /** False if there is nobody, or nobody that may be sent a signal by us. */
  #send(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(this.#hasOwnGroup ? -this.pid : this.pid, signal);
    } catch {
      return false;
    }
  }
}
