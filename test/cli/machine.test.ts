import { expect, test } from '@jest/globals';
import { machineOf } from '../../src/cli/machine.js';

test('node is found by cron even where it lies in a home directory', () => {
  const machine = machineOf({
    nodePath: '/home/ada/.nvm/bin/node',
    launcherPath: '/opt/spool/bin/../bin/run.js',
    dataDirectory: '/data',
  });
  expect(machine).toEqual({
    command: ['/home/ada/.nvm/bin/node', '/opt/spool/bin/run.js'],
    dataDirectory: '/data',
    searchPath: ['/home/ada/.nvm/bin', '/usr/local/bin', '/usr/bin', '/bin'],
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const usual = machineOf({ nodePath: '/usr/bin/node', launcherPath: '/x', dataDirectory: '/' });
  expect(usual.searchPath).toEqual(['/usr/bin', '/usr/local/bin', '/bin']);
});
