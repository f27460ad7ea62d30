import type { HelpPage } from './page.js';

export const CRON_PAGE: HelpPage = {
  summary: 'Batches every hour, retention every night, a check in between.',
  text: `A CRONTAB
  SPOOL_DIR=/var/lib/spool
  0 * * * *    spool consume orders -g load --until hour --if-busy skip --exec /opt/load.sh
  30 3 * * *   spool retention prune
  */10 * * * * spool group check load --max-age 2h

WHAT HAPPENS EVERY HOUR
  The group's position says where the last batch ended. --until hour fixes the
  end of this one at the full hour, however late cron starts it. The command
  gets the records on stdin. Exit 0: the position moves, safe on disk. Else:
  nothing moves, spool exits 6, and the next run repeats exactly this batch
  before anything new. No record is lost; a command that is killed half way
  sees its records again, so let it be able to do a batch twice:
    SPOOL_BATCH_ID        the same for every attempt at a batch
    SPOOL_BATCH_ATTEMPT   1, 2, ...
    SPOOL_BATCH_RANGES    orders:0:12-14,...
    SPOOL_BATCH_COUNT     how many records

TWO AT ONCE
  A run that takes longer than an hour holds the group. --if-busy skip ends
  the next one quietly (exit 0), wait waits, fail (the default) exits 75.

QUIET
  Nothing is printed when all is well, so cron sends mail only for errors.
  cron has its own HOME and PATH: set SPOOL_DIR, and use full paths.
`,
};
