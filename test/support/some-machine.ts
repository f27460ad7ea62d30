import type { Machine } from '../../src/view/help-pages/page.js';

export const SOME_MACHINE: Machine = {
  command: ['/usr/bin/node', '/opt/spool/bin/run.js'],
  dataDirectory: '/var/lib/spool',
  searchPath: ['/usr/bin', '/bin'],
  timeZone: 'Asia/Tokyo',
};
