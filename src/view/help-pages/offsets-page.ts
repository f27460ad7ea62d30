import type { HelpPage } from './page.js';

export const OFFSETS_PAGE: HelpPage = {
  summary: 'How to name a place in a topic: positions, times, durations, sizes.',
  text: () => `POSITIONS  (--from, --until, --before, --to)
  start, end             the oldest record kept; the next to be written
                         (also: beginning, earliest, latest)
  47                     offset 47; offsets are dense and never change
  -20                    the last 20 of each partition
                         (--last 20: the newest 20 over all)
  -1h  -2d12h            that long ago; it is the unit that makes it a time
  2026-11-22             a moment. Without a zone it is local time.
  2026-11-22T09:30       Also 09:30 (today), ...Z, ...+02:00
  hour day today yesterday now
                         the start of this hour, of this day, ...
  @1700000000            seconds since 1970 (13 digits: milliseconds)
  group:NAME             where that group stands

  A time means the first record at or after it, as Kafka's offsetsForTimes.
  --until is exclusive: --until hour is everything before the full hour, and
  the next run of the same line goes on exactly there. A record that arrives
  late for its time falls into the next batch.

OUT OF RANGE
  An offset past the end of one of several partitions: nothing there. Below
  its start: exit 3, naming what is kept. --clamp starts at what is kept.

DURATIONS   500ms 10s 5m 2h 7d 2w 1h30m forever    (a unit is needed)
SIZES       512 64KB 64KiB 10GB unlimited          (KB = 1000, KiB = 1024)

EXAMPLES
  spool consume orders --from -1h
  spool consume orders --from yesterday --until today
  spool consume orders:2 --from 1000 -n 50
  spool topic trim orders --before -30d --dry-run
`,
};
