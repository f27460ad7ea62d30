/** What the pages of `help` say of this machine. */
import { dirname, resolve } from 'node:path';
import type { Machine } from '../view/help-pages/page.js';

/** Where a crontab's commands usually are. */
const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin'];

export interface MachineFacts {
  readonly nodePath: string;
  readonly launcherPath: string;
  readonly dataDirectory: string;
}

/** Node is named too: cron's PATH need not have it, and the launcher asks for it by name. */
export function machineOf({ nodePath, launcherPath, dataDirectory }: MachineFacts): Machine {
  return {
    command: [nodePath, resolve(launcherPath)],
    dataDirectory,
    searchPath: [...new Set([dirname(nodePath), ...SYSTEM_PATH])],
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
