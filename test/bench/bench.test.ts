/** The benchmarks run, in small mode, so that they cannot rot. No time is asserted. */
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';

test.each(['batch', 'startup', 'stream'])('the %s benchmark measures every variant', (name) => {
  const output = execFileSync(process.execPath, ['bench/run.js', name, '--small'], {
    encoding: 'utf8',
  });
  const rows = output.split('\n').filter((line) => / ms /.test(line));
  expect(rows.length).toBeGreaterThanOrEqual(3);
  for (const row of rows) expect(row).toMatch(/\d+\.\d ms +\d+\.\d-\d+\.\d +\d+\.\d\dx/);
});
