import { CoreError } from '../../core/errors.js';

/** What a person typed on the command line and this program does not understand. */
export function invalidArgument(
  message: string,
  suggestion?: string,
  details?: Readonly<Record<string, unknown>>,
): CoreError {
  return new CoreError('INVALID_ARGUMENT', message, {
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(details === undefined ? {} : { details }),
  });
}

/** `text` as it may stand in a sentence: in quotes, one line, no control bytes of C0. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
