import { CRON_PAGE } from './cron-page.js';
import { EXIT_CODES_PAGE } from './exit-codes-page.js';
import { FORMATS_PAGE } from './formats-page.js';
import { OFFSETS_PAGE } from './offsets-page.js';
import type { HelpPage } from './page.js';
import { PIPES_PAGE } from './pipes-page.js';

export const HELP_PAGES: Readonly<Record<string, HelpPage>> = {
  offsets: OFFSETS_PAGE,
  formats: FORMATS_PAGE,
  pipes: PIPES_PAGE,
  'exit-codes': EXIT_CODES_PAGE,
  cron: CRON_PAGE,
};
