import { describe, expect, test } from '@jest/globals';
import type { GroupDescription } from '../../src/core/index.js';
import {
  fineText,
  type GroupLimits,
  groupCheckDocument,
  groupCheckView,
} from '../../src/view/group-check.js';
import { group, member, pending, place } from './group-descriptions.js';

const NOW_MS = 10_805_000;
const NO_LIMITS: GroupLimits = {
  maxLag: undefined,
  maxAgeMs: undefined,
  maxIdleMs: undefined,
  maxAttempts: undefined,
};

function check(given: Partial<GroupDescription>, limits: Partial<GroupLimits>) {
  return groupCheckDocument(group(given), { ...NO_LIMITS, ...limits }, NOW_MS);
}

const behind = {
  partitions: [
    place({ lag: 340, lagMs: 9_000_000 }),
    place({ partition: 2, lag: 900, lagMs: 60_000 }),
  ],
};

describe('over a limit there is one line', () => {
  test.each<[string, Partial<GroupDescription>, Partial<GroupLimits>, string]>([
    ['lag', behind, { maxLag: 1000 }, 'lag 1,240 > 1,000 (orders:2 has most: 900)'],
    ['lag of one', { partitions: [place({ lag: 2 })] }, { maxLag: 1 }, 'lag 2 > 1'],
    ['age', behind, { maxAgeMs: 7_200_000 }, 'oldest unread record 2h 30m > 2h (orders:0)'],
    ['idle', {}, { maxIdleMs: 3_600_000 }, 'idle 3h > 1h'],
    ['never active', { lastActiveMs: 0 }, { maxIdleMs: 86_400_000 }, 'was never active'],
    [
      'attempts',
      { pending: [pending()] },
      { maxAttempts: 2 },
      'batch b1 failed 2 times (orders:0:12-14)',
    ],
    [
      'a lost position',
      { partitions: [place({ lag: null, lagMs: null, problem: 'topic-recreated' })] },
      { maxLag: 5 },
      'orders:0 is not what was read: the topic was deleted and made anew',
    ],
  ])('%s', (_name, given, limits, text) => {
    const document = check(given, limits);
    expect(groupCheckView([document])).toBe(`load: ${text}\n`);
    expect(document.isWithinLimits).toBe(false);
  });

  test('and one for each limit', () => {
    const document = check(behind, { maxLag: 0, maxAgeMs: 0, maxIdleMs: 0 });
    expect(document.exceeded.map(({ limit }) => limit)).toEqual(['max-lag', 'max-age', 'max-idle']);
    expect(document).toMatchObject({ lag: 1240, lagMs: 9_000_000, idleMs: 10_800_000 });
  });
});

describe('at a limit all is well', () => {
  test.each<[string, Partial<GroupDescription>, Partial<GroupLimits>]>([
    ['lag', behind, { maxLag: 1240 }],
    ['age', behind, { maxAgeMs: 9_000_000 }],
    ['idle', {}, { maxIdleMs: 10_800_000 }],
    ['a living member', { members: [member({ heartbeatMs: NOW_MS })] }, { maxIdleMs: 0 }],
    [
      'the attempt under way',
      { pending: [pending({ memberId: 'consume-1' })] },
      { maxAttempts: 2 },
    ],
    [
      'a deleted topic',
      { partitions: [place({ lag: null, problem: 'topic-deleted' })] },
      { maxLag: 0 },
    ],
    [
      'positions, if lag is not asked for',
      { partitions: [place({ problem: 'above-end' })] },
      { maxAttempts: 1 },
    ],
  ])('%s', (_name, given, limits) => {
    expect(check(given, limits)).toMatchObject({ isWithinLimits: true, exceeded: [] });
  });

  test('a dead member is no sign of life', () => {
    const dead = { members: [member({ heartbeatMs: NOW_MS, isAlive: false })] };
    expect(check(dead, { maxIdleMs: 0 }).isWithinLimits).toBe(false);
  });
});

test('what is fine can be said too', () => {
  expect(fineText(check(behind, {}))).toBe(
    'load: fine: lag 1,240, 2h 30m behind, last active 3h ago',
  );
  expect(fineText(check({ lastActiveMs: 0 }, {}))).toBe('load: fine: lag 0, never active');
});
