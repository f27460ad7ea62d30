import { expect, test } from '@jest/globals';
import TopicAlter from '../../../src/commands/topic/alter.js';
import { filesBelow, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

/** All files but the lock's, which says who had it last. */
function contentOf(dataDir: string): [path: string, content: string][] {
  return Object.entries(filesBelow(dataDir)).filter(([path]) => !path.endsWith('/locks/registry'));
}

test('sets, changes and unsets configs, in silence', async () => {
  const { spool } = openSandbox();
  await spool(['topic', 'create', 'orders', '-c', 'retention.ms=1d', '-c', 'flush.ms=1']);
  const set = ['-c', 'retention.bytes=10GB', '-c', 'flush.messages=5', '--unset', 'flush.ms'];
  const first = await spool(['topic', 'alter', 'orders', ...set, '--json']);
  expect(first.code).toBe(0);
  expect(first.stderr).toMatch(/^note: flush\.messages is kept, but changes nothing: .*\n$/);
  expect(JSON.parse(String(first.stdout))).toMatchObject({
    topic: 'orders',
    config: { 'flush.messages': '5', 'retention.bytes': '10000000000', 'retention.ms': '86400000' },
  });
  const second = await spool(['topic', 'alter', 'orders', '-c', 'retention.ms=forever']);
  expect(second).toMatchObject({ code: 0, text: '', stderr: '' });
  const { stdout } = await spool(['topic', 'describe', 'orders']);
  expect(String(stdout)).toMatch(/^retention\.ms +-1 \(forever\)$/m);
});

test('a change that is wrong in one part is not made in any', async () => {
  const { spool, dataDir } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  const before = contentOf(dataDir);
  const cases = [
    [[], 2, 'nothing to change'],
    [['-c', 'retention.ms=1d', '-c', 'segment.byte=1MiB'], 2, 'unknown config "segment.byte"'],
    [['-c', 'retention.ms=1d', '-c', 'min.insync.replicas=0'], 2, 'min.insync.replicas cannot be'],
    [['-c', 'cleanup.policy=compact,delete'], 2, 'cleanup.policy=compact is not built yet'],
    [['--unset', 'retention.m'], 2, 'unknown config "retention.m"'],
  ] as const;
  const results = await Promise.all(
    cases.map(([flags]) => spool(['topic', 'alter', 'orders', ...flags])),
  );
  for (const [at, [, code, message]] of cases.entries()) {
    expect(results[at]).toMatchObject({ code, text: '' });
    expect(results[at]!.stderr).toContain(message);
  }
  const unknown = await spool(['topic', 'alter', 'order', '-c', 'retention.ms=1d']);
  expect(unknown).toMatchObject({ code: 3 });
  expect(unknown.stderr).toContain('Did you mean orders?');
  expect(contentOf(dataDir)).toEqual(before);
});

test('on a terminal it says what is set now', async () => {
  const { spool, dataDir: SPOOL_DIR } = openSandbox();
  await spool(['topic', 'create', 'orders']);
  const given = { messagesAreTerminal: true, variables: { SPOOL_DIR } };
  const set = await recordSession(given);
  await TopicAlter.run(['orders', '-c', 'retention.ms=1d'], set.config);
  expect(set.messages()).toBe('orders: retention.ms=86400000\n');
  const unset = await recordSession(given);
  await TopicAlter.run(['orders', '--unset', 'retention.ms'], unset.config);
  expect(unset.messages()).toBe('orders: all configs have their defaults\n');
});
