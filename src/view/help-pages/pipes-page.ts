import type { HelpPage } from './page.js';

export const PIPES_PAGE: HelpPage = {
  summary: 'What goes to stdout and stderr, and when a pipe ends.',
  text: () => `STREAMS
  stdout carries results and nothing else; every sentence goes to stderr.
  With and without a terminal a command does the same; only looks differ.
  --json: one document, or one line a record; errors as one JSON line.

INTO A TOPIC
  printf 'a\\nb\\n' | spool produce orders
  tail -F app.log | spool produce logs --create
  A line is in the log at most --linger after its newline came, and synced
  before it is acknowledged: exit 0 means on disk. While a write waits, stdin
  is not read, so memory is bounded. Only -m, FILE and stdin bring records;
  with -m stdin is not touched.

OUT OF A TOPIC
  spool consume orders | wc -l
  Ends where the topic ended when it began. -f waits for more.
  spool consume orders -f | head -1
  A reader that goes away ends it at once: exit 0 and no message.

CTRL-C AND KILL
  The first signal ends a command in order: what was begun is finished or
  dropped whole, what is confirmed is saved, and the shell sees the signal
  (130, 143). A second one ends it at once.

COLOUR
  Only on a terminal. NO_COLOR, TERM=dumb, SPOOL_COLOR, --color never|always.
`,
};
