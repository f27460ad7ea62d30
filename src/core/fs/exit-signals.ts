/**
 * proper-lockfile loads signal-exit, which listens to every signal that ends a process. With a listener
 * in place a signal no longer ends anything by itself: it waits for the event loop, and a program that
 * is busy until its end exits with 0 (measured: SIGTERM during 2.6 s of work).
 */
import process from 'node:process';

/**
 * Runs `load` while signal listeners are refused, which signal-exit takes as "no such signal here". Its
 * other half, the clean-up when the process exits by itself, stays. Removing the listeners afterwards
 * would not do: libuv then gives SIGXFSZ, which Node ignores, its default back, and a file size limit
 * kills the process instead of failing one write.
 */
export function withoutSignalListeners<T>(load: () => T): T {
  const own = Object.getOwnPropertyDescriptor(process, 'on');
  const add = process.on.bind(process) as (event: string, listener: () => void) => unknown;
  Object.defineProperty(process, 'on', {
    configurable: true,
    value: (event: string, listener: () => void) => {
      if (event.startsWith('SIG')) throw new Error(`no listener for ${event} now`);
      return add(event, listener);
    },
  });
  try {
    return load();
  } finally {
    // As a rule the method is the prototype's.
    if (own === undefined) Reflect.deleteProperty(process, 'on');
    else Object.defineProperty(process, 'on', own);
  }
}
