import { expect, test } from '@jest/globals';
import { CRON_PAGE } from '../../../src/view/help-pages/cron-page.js';
import { SOME_MACHINE } from '../../support/some-machine.js';

test('lines can be copied: absolute paths of this machine, its directory, its time zone', () => {
  const text = CRON_PAGE.text(() => SOME_MACHINE);
  expect(text).toContain('\n  SPOOL_DIR=/var/lib/spool\n  PATH=/usr/bin:/bin\n');
  expect(text).toMatch(
    /^ {2}0 \* \* \* \* +\/usr\/bin\/node \/opt\/spool\/bin\/run\.js consume orders -g load /m,
  );
  expect(text).toContain('ExecStart=/usr/bin/node /opt/spool/bin/run.js \\\n');
  expect(text).toContain('here Asia/Tokyo');
  expect(text).toContain('write \\% (date +\\%F)');
});

test('a path may have blanks and percent signs', () => {
  const command = ['/usr/bin/node', '/opt/100% mine/run.js'];
  const text = CRON_PAGE.text(() => ({ ...SOME_MACHINE, command, dataDirectory: '/a %b' }));
  expect(text).toContain("/usr/bin/node '/opt/100\\% mine/run.js' retention prune\n");
  expect(text).toContain('ExecStart=/usr/bin/node "/opt/100%% mine/run.js" \\\n');
  expect(text).toContain('SPOOL_DIR=/a %b\n');
  expect(text).toContain('Environment="SPOOL_DIR=/a %%b"\n');
});
