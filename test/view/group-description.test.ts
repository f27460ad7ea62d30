import { expect, test } from '@jest/globals';
import type { GroupDescription } from '../../src/core/index.js';
import { groupDescriptionView } from '../../src/view/group-description.js';
import { groupDocument } from '../../src/view/group-document.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { group, member, pending, place } from './group-descriptions.js';

function textOf(...given: Partial<GroupDescription>[]): string {
  return groupDescriptionView(
    given.map((each) => groupDocument(group(each))),
    PLAIN_LOOK,
  );
}

test('a heading, a row for each partition, the sum', () => {
  const text = textOf({
    state: 'stable',
    members: [member()],
    partitions: [
      place({
        logStartOffset: 100,
        logEndOffset: 1360,
        lag: 1240,
        lagMs: 7_380_000,
        memberId: 'consume-1',
      }),
      place({ partition: 1 }),
    ],
  });
  const [head, blank, columns, ...rows] = text.split('\n');
  expect(head).toBe('group load: stable, generation 3, 1 member');
  expect(blank).toBe('');
  expect(columns).toMatch(/^TOPIC +PARTITION +POSITION +START +END +LAG +BEHIND +MEMBER$/);
  expect(rows[0]).toMatch(/^orders +0 +120 +100 +1,360 +1,240 +2h 3m {2}consume \(pid 7\)$/);
  expect(rows[1]).toMatch(/^orders +1 +120 +0 +120 +0 +- +-$/);
  expect(rows[2]).toMatch(/^in all +1,240 +2h 3m$/);
  expect(rows.slice(3)).toEqual(['']);
});

test('one partition needs no sum, several groups stand apart, a new group has no table', () => {
  const text = textOf({}, { group: 'audit', partitions: [] });
  expect(text).not.toContain('in all');
  expect(text).toMatch(/-\n\ngroup audit: empty, generation 3, 0 members\n$/);
});

test('batches say who works on them, or that they will be repeated', () => {
  const text = textOf({
    members: [member({ childPid: 8 })],
    pending: [pending({ memberId: 'consume-1' }), pending({ id: 'b2' })],
  });
  expect(text).toContain('group load: empty, generation 3, 1 member, 2 pending batches\n');
  expect(text).toMatch(
    /\nbatch b1, attempt 2 \(orders:0:12-14\), since 19.*: consume \(pid 7, runs pid 8\) is working on it\n/,
  );
  expect(text).toMatch(/\nbatch b2, .*: the next run repeats it\n/);
});

test('a position that means nothing is explained', () => {
  const none = { logStartOffset: null, logEndOffset: null, lag: null, lagMs: null };
  const text = textOf({
    partitions: [
      place({ ...none, topic: 'gone', problem: 'topic-deleted' }),
      place({ ...none, topic: 'anew', problem: 'topic-recreated' }),
      place({ logStartOffset: 1324, logEndOffset: 1400, lag: 76, problem: 'below-start' }),
      place({ partition: 1, logEndOffset: 100, problem: 'above-end' }),
    ],
  });
  expect(text).toMatch(/^gone +0 +120 +- +- +- +- +-$/m);
  expect(text).toMatch(
    /\n\ngone:0 is not there any more: the topic was deleted\nanew:0 is not what was read: the topic was deleted and made anew\norders:0 is at 120, but its records begin at 1324: 1,204 records lost\norders:1 is at 120, but its records end at 100\n$/,
  );
});
