import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';

test('docs/cli.md is what the commands say of themselves', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/cli-docs.js', '--check'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
