import { describe, expect, test } from '@jest/globals';
import {
  consumeTargets,
  describeTimes,
  planConsume,
} from '../../../src/cli/consume/consume-plan.js';

const FLAGS = { 'from-beginning': false, follow: false, clamp: false, order: 'time' } as const;
const NOW_MS = Date.UTC(2026, 0, 1, 12, 30);

describe('the plan', () => {
  test.each([
    [{}, { kind: 'start' }],
    [{ 'from-beginning': true }, { kind: 'start' }],
    [{ from: '-20' }, { kind: 'fromEnd', count: 20 }],
    [{ 'from-offset': 0 }, { kind: 'offset', offset: 0 }],
    [{ 'from-time': '@5' }, { kind: 'time', timestampMs: 5000, text: '@5' }],
    [{ last: 0 }, { kind: 'fromEnd', count: 0 }],
  ])('%j begins at %j', (flags, from) => {
    expect(planConsume({ ...FLAGS, ...flags }, NOW_MS).from).toEqual(from);
  });

  test('what is left out is no limit, and no filter', () => {
    expect(planConsume(FLAGS, NOW_MS)).toMatchObject({
      until: undefined,
      last: undefined,
      maxRecords: Infinity,
      maxBytes: Infinity,
      filter: { key: undefined, grep: undefined, headers: [] },
    });
  });

  test('times are told as they were understood', () => {
    const times = { ...FLAGS, from: '-1h', until: '@1700000000' };
    const told = describeTimes(planConsume(times, NOW_MS));
    expect(told).toMatch(/^from \d{4}-\d\d-\d\dT[\d:+-]+ until 2023-11-1[45]T[\d:+-]+$/);
    expect(describeTimes(planConsume({ ...FLAGS, from: '3' }, NOW_MS))).toBeUndefined();
  });
});

describe('the targets', () => {
  const TOPICS = ['app.a', 'app.b', 'web'];

  test.each([
    [['web'], undefined, [['web', undefined]]],
    [['nope'], undefined, [['nope', undefined]]],
    [['web:2', 'web:0', 'web:2'], undefined, [['web', [2, 0]]]],
    [['web:2', 'web'], undefined, [['web', undefined]]],
    [['web', 'web:2'], undefined, [['web', undefined]]],
    [['web'], [0, 2], [['web', [0, 2]]]],
    [['web:1', 'app.a'], [0], [['web', [1]], ['app.a', [0]]]],
    [['app.*', 'web', 'app.a'], undefined, [['app.a', undefined], ['app.b', undefined], ['web', undefined]]],
  ])('%j with -p %j', (words, partitions, wanted) => {
    const targets = consumeTargets(words, TOPICS, partitions);
    expect(targets.map(({ topic, partitions: named }) => [topic, named])).toEqual(wanted);
  }); // prettier-ignore

  test('a glob that matches nothing is an error that names it', () => {
    expect(() => consumeTargets(['nope*'], TOPICS, undefined)).toThrow('no topic matches nope*');
  });
});
