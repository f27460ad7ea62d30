/** The command that a batch is handed to, as it was given. */
import { assert } from '../../core/assert.js';

export type ChildCommand =
  /** `--exec TEXT`. */
  | { readonly kind: 'shell'; readonly text: string }
  /** `-- WORDS...`: no shell looks at them. */
  | { readonly kind: 'argv'; readonly words: readonly string[] };

/** The program and its arguments. */
export function programOf(command: ChildCommand): [program: string, ...args: string[]] {
  // `--` as system(3) has it: without, a text that begins with a dash would be an option of sh.
  if (command.kind === 'shell') return ['/bin/sh', '-c', '--', command.text];
  const [program, ...args] = command.words;
  assert(program !== undefined, 'a command without words');
  return [program, ...args];
}
