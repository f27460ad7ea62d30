import { expect, test } from '@jest/globals';
import { jsonOf, openSandbox } from '../../support/cli.js';
import { takePart } from './taking-part.js';

test('who takes part: process, command, since when, with which partitions', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders', '-p', '3']);
  await takePart({ dataDir, group: 'load', topic: 'orders' }, async (member) => {
    const [table, json] = await Promise.all([
      spool(['group', 'members', 'load']),
      spool(['group', 'members', 'load', '--json']),
    ]);
    expect(table.text).toMatch(
      new RegExp(
        `^MEMBER .*\\n${member.memberId} +batch +alive +${process.pid} +consume +- .* orders:0-2\\n$`,
      ),
    );
    expect(jsonOf(json)).toMatchObject({
      group: 'load',
      state: 'stable',
      members: [
        {
          memberId: member.memberId,
          instanceId: null,
          kind: 'batch',
          pid: process.pid,
          command: 'consume',
          childPid: null,
          isAlive: true,
          partitions: [0, 1, 2].map((partition) => ({ topic: 'orders', partition })),
        },
      ],
    });
  });
  const none = await spool(['group', 'members', 'load', '-v']);
  expect(none).toMatchObject({ code: 0, text: '', stderr: 'load has no members\n' });
  expect(await spool(['group', 'members', 'nope'])).toMatchObject({ code: 3, text: '' });
});
