/** A script, and what it must say and return: most acceptance tests are one row of a table. */
import { expect } from '@jest/globals';
import { type Ended, inShell, type ShellOptions } from './shell.js';

export interface Wanted {
  /** All of standard output. Left out: anything. */
  readonly out?: string | readonly string[] | undefined;
  /** 0 where it is left out. */
  readonly code?: number | undefined;
  /** Part of standard error; left out: nothing may be there. */
  readonly err?: RegExp | undefined;
}

export interface ShellCase extends Wanted, ShellOptions {
  /** A sentence about behaviour. */
  readonly name: string;
  /** A list runs as lines; the last one decides the exit code. */
  readonly script: string | readonly string[];
}

/** For `test.concurrent.each`: spawning is most of the cost, and a machine has more than one core. */
export function runCase({ script, out, code, err, ...options }: ShellCase): Promise<void> {
  return inShell(async (shell) => {
    const text = typeof script === 'string' ? script : script.join('\n');
    expectEnd(await shell.run(text, options), { out, code, err });
  })();
}

/** Compares all at once, so that a failure shows what was said on both streams. */
export function expectEnd(ended: Ended, { out, code = 0, err }: Wanted): void {
  const lines = typeof out === 'object' ? out.map((line) => `${line}\n`).join('') : out;
  expect({ code: ended.code, out: ended.out, err: ended.err }).toEqual({
    code,
    out: lines ?? expect.any(String),
    err: err === undefined ? '' : (expect.stringMatching(err) as unknown),
  });
}
