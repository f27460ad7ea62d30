import { expect, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSandbox } from '../support/cli.js';

test('nothing in a data directory is ever run as code', async () => {
  const { root, spool } = openSandbox();
  const dataDir = join(root, 'share', 'spool');
  const plugin = join(dataDir, 'node_modules', 'evil');
  mkdirSync(join(plugin, 'commands'), { recursive: true });
  writeFileSync(
    join(dataDir, 'package.json'),
    '{"name":"x","oclif":{"plugins":[{"type":"user","name":"evil"}]},"dependencies":{"evil":"1.0.0"}}',
  );
  writeFileSync(
    join(plugin, 'package.json'),
    '{"name":"evil","version":"1.0.0","oclif":{"commands":"./commands"}}',
  );
  writeFileSync(
    join(plugin, 'commands', 'evil.js'),
    "exports.default = class { static async run() { console.log('run'); } };",
  );
  const env = { XDG_DATA_HOME: join(root, 'share'), SPOOL_DIR: undefined };
  const result = await spool(['evil'], { env });
  expect(result).toMatchObject({ code: 2, text: '' });
  expect(result.stderr).toMatch(/^error: unknown command "evil"/);
});
