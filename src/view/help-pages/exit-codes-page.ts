import type { HelpPage } from './page.js';

export const EXIT_CODES_PAGE: HelpPage = {
  summary: 'What the exit codes mean.',
  text: () => `    0  done; also: nothing to do, or the reader closed the pipe
    1  failed: I/O, permission, full disk, a bug
    2  used wrongly: a flag, an argument; or a confirmation is needed (-y)
    3  not found: directory, topic, group, an offset out of range
    4  the answer is no: a check over its limit, an outdated receipt,
       --fail-if-empty
    5  bad input data
    6  delivery not confirmed: the command failed, or the pipe closed while
       a group read; the group stays where it was
    7  damaged data: a checksum or an offset is wrong; spool verify says where
   75  busy: somebody else holds the lock
  130  SIGINT, and 143 SIGTERM, after saving what is confirmed

Several things named (spool topic delete a b c): all are done, each failure is
reported, and the worst code wins: 7, 1, 6, 5, 75, 3, 4, 2.

  spool verify -q || page-someone
`,
};
