/**
 * One run of a command over one batch.
 *
 * - The exit status alone says whether it has succeeded: also of a command that did not read all of its
 *   input, or that was asked to stop meanwhile.
 * - The end of its input means that it has all of the batch. If the batch cannot be read to its end, the
 *   command is ended first, and the input only then.
 * - Its standard output and error are ours. Nothing of what passes is kept here.
 */
import { CoreError } from '../../core/errors.js';
import { isReaderGone } from '../reader-gone.js';
import { stopSignalOf } from '../signals.js';
import { LONGEST_TIMER_MS } from '../timer.js';
import type { ChildCommand } from './child-command.js';
import { type ChildEnd, endOfExit, endOfSpawnError } from './child-end.js';
import { CommandInput } from './command-input.js';
import { type RunningCommand, startCommand } from './running-command.js';
import { type StdinPipe, closeReadEnd, openStdinPipe } from './stdin-pipe.js';

/** As long as a service manager gives, and a person will wait. */
const KILL_AFTER_MS = 10_000;

export interface ChildRequest {
  readonly command: ChildCommand;
  /** All of it; see `childEnvironment`. */
  readonly environment: Readonly<Record<string, string>>;
  /** An open file for the command to have as its descriptor 3: the lock that it carries is then kept. */
  readonly lockDescriptor: number | undefined;
  /** undefined or Infinity: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** From the SIGTERM that ends a command to SIGKILL. [default: 10 s] */
  readonly killAfterMs?: number;
  /** Its signal is passed on to the command, which is then waited for. */
  readonly stop: AbortSignal;
  /** Whether there is a terminal, whose signals reach us and the command alike. */
  readonly isTerminal: boolean;
  /**
   * Writes the batch. To be ended by `input.gone` alone and not by `stop`: a command that goes on is to
   * have the whole of it. Without it standard input is /dev/null.
   */
  readonly feed: ((input: CommandInput) => Promise<void>) | undefined;
  /** Before anything is fed. Where it rejects, the command is ended. */
  onSpawn(pid: number): Promise<void> | undefined;
}

/**
 * Resolves when the command has ended and all that was opened for it is closed. Rejects with the stop's
 * reason if there was one before the start; and, when the command has ended, with what `feed` or
 * `onSpawn` have thrown.
 */
export async function runChild(request: ChildRequest): Promise<ChildEnd> {
  const { feed, stop } = request;
  stop.throwIfAborted();
  const pipe = feed === undefined ? undefined : await openStdinPipe();
  let running: RunningCommand | undefined;
  try {
    stop.throwIfAborted();
    running = await start(request, pipe);
  } catch (error) {
    const end = endOfSpawnError(error);
    if (end === undefined) throw spawnError(error);
    return end;
  } finally {
    if (pipe !== undefined) closeReadEnd(pipe);
    if (running === undefined) pipe?.writer.destroy();
  }
  const writer = pipe?.writer ?? running.stdin;
  return await attend(request, running, writer === null ? undefined : new CommandInput(writer));
}

/**
 * It has a group of its own where it must be ended as a whole, or where there is no terminal that would
 * want it in ours: a pipeline that lost only its shell would take the end of its input for good.
 */
function hasOwnGroup({ timeoutMs = Infinity, isTerminal }: ChildRequest): boolean {
  return timeoutMs < Infinity || !isTerminal;
}

function start(request: ChildRequest, pipe: StdinPipe | undefined): Promise<RunningCommand> {
  const { command, environment, feed, lockDescriptor } = request;
  const fed = pipe?.readDescriptor ?? 'pipe';
  return startCommand({
    command,
    environment,
    stdio: [
      feed === undefined ? 'ignore' : fed,
      'inherit',
      'inherit',
      ...(lockDescriptor === undefined ? [] : [lockDescriptor]),
    ],
    hasOwnGroup: hasOwnGroup(request),
    killAfterMs: request.killAfterMs ?? KILL_AFTER_MS,
  });
}

async function attend(
  request: ChildRequest,
  running: RunningCommand,
  input: CommandInput | undefined,
): Promise<ChildEnd> {
  const { stop, timeoutMs = Infinity } = request;
  const passOn = (): void => {
    const signal = stopSignalOf(stop);
    // Once more could mean "at once" to it, as it does to us.
    const hasItAlready = !hasOwnGroup(request) && signal !== 'SIGTERM';
    if (!hasItAlready) running.signal(signal);
  };
  const timeUp = new AbortController();
  const expire = (): void => {
    timeUp.abort();
    void running.end();
  };
  const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : setTimeout(expire, timeoutMs);
  stop.addEventListener('abort', passOn);
  if (stop.aborted) passOn();
  const exited = running.exited.then((exit) => {
    clearTimeout(timer);
    stop.removeEventListener('abort', passOn);
    input?.abandon();
    return exit;
  });
  const [{ code, signal }] = await Promise.all([exited, supply(request, running, input)]);
  if (!timeUp.signal.aborted) return endOfExit(code, signal);
  await running.end();
  return { kind: 'timedOut', timeoutMs };
}

/** Rejects only when the command has ended. */
async function supply(
  request: ChildRequest,
  running: RunningCommand,
  input: CommandInput | undefined,
): Promise<void> {
  try {
    await request.onSpawn(running.pid);
    if (input !== undefined) await request.feed?.(input);
  } catch (error) {
    if (isReaderGone(error)) return;
    await running.end();
    throw error;
  } finally {
    await input?.close();
  }
}

function spawnError(error: unknown): unknown {
  const { code: errno, syscall, message } = error as NodeJS.ErrnoException;
  if (syscall?.startsWith('spawn') !== true) return error;
  const isFiles = errno === 'EMFILE' || errno === 'ENFILE';
  const text = `cannot start the command: ${message}`;
  return new CoreError(isFiles ? 'TOO_MANY_OPEN_FILES' : 'IO_ERROR', text, {
    details: { errno },
    cause: error,
  });
}
