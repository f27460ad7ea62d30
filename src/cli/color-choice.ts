import type { Variables } from './data-directory-path.js';
import { didYouMean } from './grammar/guess.js';
import { invalidArgument, quoted } from './grammar/invalid-argument.js';

export const COLOR_CHOICES = ['auto', 'always', 'never'] as const;
export type ColorChoice = (typeof COLOR_CHOICES)[number];

/** `--color`, else `$SPOOL_COLOR`, else auto: on a terminal, unless NO_COLOR or TERM=dumb says no. */
export function isColored(
  flag: ColorChoice | undefined,
  variables: Variables,
  isTerminal: boolean,
): boolean {
  const choice = flag ?? choiceOf(variables['SPOOL_COLOR']);
  if (choice !== 'auto') return choice === 'always';
  return isTerminal && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb';
}

function choiceOf(text: string | undefined): ColorChoice {
  const choice = COLOR_CHOICES.find((each) => each === (text || 'auto'));
  if (choice !== undefined) return choice;
  const word = text ?? '';
  throw invalidArgument(`SPOOL_COLOR=${quoted(word)} is unknown`, didYouMean(word, COLOR_CHOICES));
}
