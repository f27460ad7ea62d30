import { join, resolve } from 'node:path';

/** What `npm run build` made; SPOOL_BIN names the launcher of another build. */
export const LAUNCHER = resolve(
  process.env['SPOOL_BIN'] ?? join(import.meta.dirname, '../../../bin/run.js'),
);
