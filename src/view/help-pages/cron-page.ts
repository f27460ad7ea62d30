import type { HelpPage } from './page.js';

export const CRON_PAGE: HelpPage = {
  summary: 'Retention every night, yesterday in a file, a check now and then.',
  text: `A CRONTAB
  SPOOL_DIR=/var/lib/spool
  30 3 * * *   spool retention prune
  10 0 * * *   spool consume orders --from yesterday --until today -o /var/tmp/orders.txt
  0 6 * * 0    spool verify -q

A DAY, AN HOUR
  --from yesterday --until today is the whole day before, however late cron
  starts it; --from -1h --until hour the time since the last full hour. A
  record that arrives late for its time falls into the next batch.
  -o FILE is synced before the command exits 0.

QUIET
  Nothing is printed when all is well, so cron sends mail only for errors.
  cron has its own HOME and PATH: set SPOOL_DIR, and use full paths.
`,
};
