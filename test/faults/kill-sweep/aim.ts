/** How to make strace meet one call of a program, in another run of it. */
import { type SystemCall, isChange, pathsOf } from './system-call.js';

export interface Aim {
  /** Of the system call. */
  readonly name: string;
  /** The first path that the call names, from the scene's folder on; strace looks at no other. */
  readonly path: string;
  /** It is the Nth call of its thread with this name and this path. */
  readonly ordinal: number;
}

export interface SeenAim extends Aim {
  /** See `isChange`. */
  readonly isChange: boolean;
}

/**
 * The calls below `root` that a fault can be aimed at: strace counts in each thread, so of two threads that
 * come to their Nth call of a kind only the first can be hit. Calls of child programs are none of ours.
 */
export function aimsOf(calls: readonly SystemCall[], root: string): SeenAim[] {
  const children = childrenIn(calls);
  const counts = new Map<string, number>();
  const reached = new Set<string>();
  return calls.flatMap((call) => {
    const { thread, name } = call;
    const path = pathsOf(call, root).find((found) => isOurs(found, name));
    if (path === undefined || children.has(thread)) return [];
    const ordinal = (counts.get(`${thread} ${name} ${path}`) ?? 0) + 1;
    counts.set(`${thread} ${name} ${path}`, ordinal);
    const key = `${name} ${path} ${ordinal}`;
    if (reached.has(key)) return [];
    reached.add(key);
    return [{ name, path, ordinal, isChange: isChange(call) }];
  });
}

/** The data directory, with what it is made in, and what is said. */
function isOurs(path: string, name: string): boolean {
  if (name === 'execve') return false;
  return path === '' || path.startsWith('/data') || (path === '/out' && name === 'write');
}

/** What the program was told to run. */
function childrenIn(calls: readonly SystemCall[]): Set<number> {
  const main = calls[0]?.thread;
  return new Set(
    calls
      .filter(({ name, thread }) => name === 'execve' && thread !== main)
      .map(({ thread }) => thread),
  );
}
