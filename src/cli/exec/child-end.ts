/** How a command ended, as a value and in words. */
import { formatDuration } from '../grammar/duration.js';
import { isWorkingDirectoryGone } from './working-directory.js';

/** As every shell, env(1) and timeout(1) have it. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

export type ChildEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  /** Whatever its status was then. */
  | { readonly kind: 'timedOut'; readonly timeoutMs: number }
  /** Not executable (126) or not there (127), by the system's word or by its own exit status. */
  | {
      readonly kind: 'notStarted';
      readonly code: typeof NOT_EXECUTABLE | typeof NOT_FOUND;
      /** Where more is known. */
      readonly reason: string | undefined;
    };

/** What to make of the status that a command left. */
export function endOfExit(code: number | null, signal: NodeJS.Signals | null): ChildEnd {
  if (signal !== null) return { kind: 'signalled', signal };
  if (code === NOT_EXECUTABLE || code === NOT_FOUND)
    return { kind: 'notStarted', code, reason: goneDirectory() };
  return { kind: 'exited', code: code ?? 0 };
}

/** What to make of a spawn that failed; undefined: it is not the command's fault. */
export function endOfSpawnError(error: unknown): ChildEnd | undefined {
  const { code: errno = 'unknown error', syscall } = error as NodeJS.ErrnoException;
  // Node itself refuses the empty word.
  const isSpawn = syscall?.startsWith('spawn') === true || errno === 'ERR_INVALID_ARG_VALUE';
  if (!isSpawn || LACKS.includes(errno)) return undefined;
  // A script whose interpreter is not there is ENOENT too.
  const code = NOT_THERE.includes(errno) ? NOT_FOUND : NOT_EXECUTABLE;
  return { kind: 'notStarted', code, reason: goneDirectory() ?? REASONS[errno] ?? errno };
}

/** Goes on from "the command": `ended with exit status 3`, `was killed by SIGSEGV`. */
export function describeEnd(end: ChildEnd): string {
  switch (end.kind) {
    case 'exited':
      return `ended with exit status ${end.code}`;
    case 'signalled':
      return `was killed by ${end.signal}`;
    case 'timedOut':
      return `timed out after ${formatDuration(end.timeoutMs)}`;
    case 'notStarted': {
      const what = end.code === NOT_FOUND ? 'was not found' : 'could not be executed';
      return `${what} (${end.code})${end.reason === undefined ? '' : `: ${end.reason}`}`;
    }
  }
}

/** Too little of something here, which says nothing of the command. */
const LACKS: readonly string[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

const NOT_THERE: readonly string[] = ['ENOENT', 'ERR_INVALID_ARG_VALUE'];

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such program, or its interpreter is missing',
  ERR_INVALID_ARG_VALUE: 'that is no name of a program',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  E2BIG: 'its arguments and environment are too long',
  ENOTDIR: 'a part of its path is not a directory',
  ENOEXEC: 'not a program of this system',
  ETXTBSY: 'it is being written',
};

/** A command with a relative path is then not found, and would be accused wrongly. */
function goneDirectory(): string | undefined {
  return isWorkingDirectoryGone() ? 'the working directory was removed' : undefined;
}
