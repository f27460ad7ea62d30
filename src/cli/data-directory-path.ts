import { isAbsolute, join, resolve } from 'node:path';
import { CoreError } from '../core/errors.js';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * `--dir`, else `$SPOOL_DIR`, else `$XDG_DATA_HOME/spool`, else `~/.local/share/spool`; absolute. An
 * empty variable counts as unset, and so does a relative XDG_DATA_HOME, as its specification says.
 */
export function dataDirectoryPath(flag: string | undefined, variables: Variables): string {
  if (flag === '') {
    const suggestion = 'is the variable you meant to pass empty?';
    throw new CoreError('INVALID_ARGUMENT', '--dir is empty', { suggestion });
  }
  const named = flag ?? (variables['SPOOL_DIR'] || undefined);
  if (named !== undefined) return resolve(named);
  const dataHome = variables['XDG_DATA_HOME'];
  if (dataHome !== undefined && isAbsolute(dataHome)) return join(dataHome, 'spool');
  const home = variables['HOME'];
  if (home !== undefined && isAbsolute(home)) return join(home, '.local', 'share', 'spool');
  throw new CoreError('INVALID_ARGUMENT', 'no data directory: HOME is not set', {
    suggestion: 'name one with --dir DIR or SPOOL_DIR=DIR',
  });
}
