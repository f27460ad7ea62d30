import { expect, test } from '@jest/globals';
import type { HeldLock } from '../../src/core/index.js';
import { lockDocument } from '../../src/view/lock-document.js';
import { lockListView } from '../../src/view/lock-list.js';
import { PLAIN_LOOK } from '../../src/view/look.js';

const SINCE_MS = Date.parse('2026-11-22T09:30:00Z');

function lockOf(
  target: HeldLock['target'],
  state: NonNullable<HeldLock['holder']>['state'],
  rest: Partial<HeldLock> = {},
): HeldLock {
  const holder = { pid: 12, command: 'produce', sinceMs: SINCE_MS, state };
  return { target, holder, sharers: undefined, childPid: undefined, ...rest };
}

const ORDERS = { kind: 'partition', topic: 'orders', partition: 3 } as const;
const MEMBER = { kind: 'member', group: 'load', memberId: 'consume-1' } as const;

test('a document has all that is known, and null for the rest', () => {
  expect(lockDocument(lockOf(ORDERS, 'stopped'))).toEqual({
    what: 'orders:3',
    kind: 'partition',
    topic: 'orders',
    partition: 3,
    group: null,
    memberId: null,
    pid: 12,
    command: 'produce',
    childPid: null,
    since: '2026-11-22T09:30:00.000Z',
    alive: true,
    stopped: true,
    sharers: null,
  });
});

test.each([
  ['running', true, false],
  ['stopped', true, true],
  ['dead', false, false],
  ['unseen', null, null],
] as const)('%s: alive %s, stopped %s', (state, alive, stopped) => {
  expect(lockDocument(lockOf(ORDERS, state))).toMatchObject({ alive, stopped });
});

test.each([
  ['orders:3', 'running', lockOf(ORDERS, 'running')],
  ['orders:3', 'stopped; kill -CONT 12', lockOf(ORDERS, 'stopped')],
  ['orders:3', 'not visible from here', lockOf(ORDERS, 'unseen')],
  ['orders:3', 'killed', lockOf(ORDERS, 'dead')],
  ['group load', 'running', lockOf({ kind: 'group', group: 'load' }, 'running')],
  ['member of load', 'killed; pid 13 goes on', lockOf(MEMBER, 'dead', { childPid: 13 })],
  ['topics', 'unknown', lockOf({ kind: 'registry' }, 'running', { holder: undefined })],
  [
    'log directory',
    'shared',
    lockOf({ kind: 'log' }, 'running', { holder: undefined, sharers: 2 }),
  ],
])('%s is shown as %s', (what, state, lock) => {
  const nowMs = SINCE_MS + 65_000;
  const text = lockListView({ locks: [lockDocument(lock)], nowMs }, PLAIN_LOOK);
  const [head, row = ''] = text.split('\n');
  expect(head).toMatch(/^WHAT +PID +COMMAND +SINCE +FOR +STATE$/);
  expect(row.startsWith(`${what}  `)).toBe(true);
  expect(row.endsWith(`  ${state}`)).toBe(true);
  expect(row.includes('  1m 5s  ')).toBe(lock.holder !== undefined);
});

test('a command that a member runs, and the number of writers, stand beside', () => {
  const locks = [
    lockDocument(lockOf(MEMBER, 'running', { childPid: 13 })),
    lockDocument(lockOf({ kind: 'log' }, 'running', { holder: undefined, sharers: 2 })),
  ];
  const text = lockListView({ locks, nowMs: SINCE_MS }, PLAIN_LOOK);
  expect(text).toContain('produce, runs pid 13');
  expect(text).toContain('2 writers');
});

test('no locks are no table', () => {
  expect(lockListView({ locks: [], nowMs: 0 }, PLAIN_LOOK)).toBe('');
});
