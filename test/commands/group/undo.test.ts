import { expect, test } from '@jest/globals';
import GroupUndo from '../../../src/commands/group/undo.js';
import { appendValues, filesBelow, jsonOf, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

async function openMoved() {
  const sandbox = openSandbox();
  const { spool, dataDir } = sandbox;
  await spool(['topic', 'create', 'orders']);
  await appendValues(dataDir, { topic: 'orders', values: ['a', 'b', 'c', 'd', 'e'] });
  await spool(['group', 'commit', 'load', 'orders=1', '-y']);
  await spool(['group', 'commit', 'load', 'orders=4', '-y']);
  return sandbox;
}

test('the last move is taken back, then the one before, then there is none', async () => {
  const { spool, dataDir } = await openMoved();
  const before = filesBelow(dataDir);
  const [dry, unasked] = await Promise.all([
    spool(['group', 'undo', 'load', '--dry-run']),
    spool(['group', 'undo', 'load']),
  ]);
  expect(dry.text).toMatch(/^TOPIC .*\norders +0 +4 +1 +-3\n$/);
  expect(unasked).toMatchObject({ code: 2, text: '' });
  expect(unasked.stderr).toContain('needs a confirmation: move back load 4 -> 1?');
  expect(filesBelow(dataDir)).toEqual(before);
  const once = await spool(['group', 'undo', 'load', '-y']);
  expect(once).toMatchObject({ code: 0, text: '', stderr: '' });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('orders,0,1\n');
  const twice = await spool(['group', 'undo', 'load', '-y', '--json']);
  expect(jsonOf(twice)).toMatchObject({
    reason: 'undo',
    partitions: [{ fromOffset: 1, toOffset: null, change: null }],
  });
  expect((await spool(['group', 'describe', 'load', '--csv'])).text).toBe('');
  const none = await spool(['group', 'undo', 'load', '-v']);
  expect(none).toMatchObject({
    code: 0,
    text: '',
    stderr: 'nothing to undo: no move of load is known\n',
  });
});

test('on a terminal it asks, and does not offer to undo an undo', async () => {
  const { dataDir: SPOOL_DIR } = await openMoved();
  const given = { inputIsTerminal: true, messagesAreTerminal: true, now: Date.now };
  const asked = await recordSession({ ...given, variables: { SPOOL_DIR }, answer: 'y' });
  await GroupUndo.run(['load'], asked.config);
  expect(asked.questions).toEqual(['move back load 4 -> 1? [y/N] ']);
  expect(asked.messages()).toMatch(/\nload moved back 4 -> 1\n$/);
});

test('an unknown group', async () => {
  const { spool } = await openMoved();
  expect(await spool(['group', 'undo', 'nope', '-y'])).toMatchObject({ code: 3, text: '' });
});
