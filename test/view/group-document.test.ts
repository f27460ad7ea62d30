import { expect, test } from '@jest/globals';
import { groupDocument, groupSummaryDocument } from '../../src/view/group-document.js';
import { group, member, pending, place } from './group-descriptions.js';

test('a group in one line: sums, the largest age, living members alone', () => {
  const description = group({
    partitions: [
      place({ lag: 5, lagMs: 100 }),
      place({ partition: 1, lag: 2, lagMs: 900 }),
      place({ topic: 'gone', lag: null, lagMs: null, problem: 'topic-deleted' }),
    ],
    members: [member(), member({ memberId: 'consume-2', isAlive: false })],
    pending: [pending()],
    lastActiveMs: 0,
  });
  expect(groupSummaryDocument(description)).toEqual({
    group: 'load',
    state: 'empty',
    generation: 3,
    memberCount: 1,
    topics: ['orders', 'gone'],
    lag: 7,
    lagMs: 900,
    pendingCount: 1,
    problemCount: 1,
    lastActive: null,
  });
});

test('the whole document: times in RFC 3339 UTC, exact numbers', () => {
  const description = group({ members: [member({ childPid: 8 })], pending: [pending()] });
  expect(groupDocument(description)).toEqual({
    ...groupSummaryDocument(description),
    partitions: [
      {
        topic: 'orders',
        topicId: 'id',
        partition: 0,
        committedOffset: 120,
        leaderEpoch: 0,
        metadata: '',
        committedAt: '1970-01-01T00:00:01.000Z',
        logStartOffset: 0,
        logEndOffset: 120,
        lag: 0,
        lagMs: 0,
        memberId: null,
        problem: null,
      },
    ],
    members: [
      {
        memberId: 'consume-1',
        instanceId: null,
        kind: 'batch',
        assignor: 'cooperative-sticky',
        pid: 7,
        command: 'consume',
        childPid: 8,
        since: '1970-01-01T00:00:02.000Z',
        heartbeat: '1970-01-01T00:00:03.000Z',
        isAlive: true,
        generation: 3,
        partitions: [{ topic: 'orders', partition: 0 }],
      },
    ],
    pending: [
      {
        id: 'b1',
        attempt: 2,
        ranges: [{ topic: 'orders', topicId: 'id', partition: 0, firstOffset: 12, endOffset: 15 }],
        since: '1970-01-01T00:00:04.000Z',
        memberId: null,
      },
    ],
  });
});
