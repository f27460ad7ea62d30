import { describe, expect, test } from '@jest/globals';
import {
  type CommittedOffset,
  type GroupState,
  committedOffset,
  emptyGroup,
  findMember,
  formatGroupState,
  isOrphan,
  parseGroupState,
  partitionKey,
  withOffsets,
} from '../../../src/core/group/group-state.js';
import { formatStateFile } from '../../../src/core/topic/state-file.js';
import { groupOf, memberOf, pendingOf } from './group-states.js';

const PATH = '/data/groups/load/state.json';

function committed(topic: string, partition: number, offset: number): CommittedOffset {
  const rest = { topicId: 'topic-id', leaderEpoch: -1, metadata: '', committedMs: 1 };
  return { topic, partition, offset, ...rest };
}

const FULL: GroupState = {
  ...groupOf([memberOf('a', { owned: 't:0', target: 't:1' })], [pendingOf('b1', 'a', 't:0')]),
  lastActiveMs: 7,
  offsets: [{ ...committed('t', 0, 10), metadata: 'until 09:00 – “done”' }],
  moves: [
    {
      atMs: 3,
      reason: 'seek',
      memberId: null,
      offsets: [{ topic: 't', topicId: 'topic-id', partition: 0, fromOffset: null, toOffset: 10 }],
    },
  ],
};

const damaged = (details: object): unknown =>
  expect.objectContaining({ code: 'DATA_DIR_DAMAGED', details: expect.objectContaining(details) });

describe('the bytes of a state', () => {
  test.each([
    ['full', FULL],
    ['new', emptyGroup('Größe: 1/2')],
  ])('give it back whole: %s', (_, state) => {
    expect(parseGroupState(formatGroupState(state), PATH)).toEqual(state);
  });

  test('are damaged wherever a bit is flipped', () => {
    const bytes = Buffer.from(formatGroupState(FULL));
    for (let at = 0; at < bytes.length; at++) {
      bytes[at]! ^= 1;
      expect(() => parseGroupState(bytes, PATH)).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^DATA_DIR_(DAMAGED|UNKNOWN_FORMAT)$/),
          details: expect.objectContaining({ path: PATH }),
        }),
      );
      bytes[at]! ^= 1;
    }
  });

  test('are damaged wherever they are cut', () => {
    const bytes = formatGroupState(FULL);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseGroupState(bytes.subarray(0, length), PATH)).toThrow(
        damaged({ path: PATH }),
      );
    }
  });

  test.each(Object.keys(FULL))('are damaged without %s, whatever the checksum says', (field) => {
    const bytes = formatStateFile(1, { ...FULL, [field]: undefined });
    expect(() => parseGroupState(bytes, PATH)).toThrow(damaged({ path: PATH }));
  });

  test.each([
    ['revision', 1.5],
    ['generation', '5'],
    ['offsets', {}],
    ['members', null],
  ])('are damaged with %s of another type', (field, value) => {
    const bytes = formatStateFile(1, { ...FULL, [field]: value });
    expect(() => parseGroupState(bytes, PATH)).toThrow(damaged({ path: PATH }));
  });

  test('of a later version are not guessed at', () => {
    expect(() => parseGroupState(formatStateFile(2, FULL), PATH)).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_UNKNOWN_FORMAT' }),
    );
  });
});

test('a committed offset is found by topic and number, and by nothing less', () => {
  const state = withOffsets(emptyGroup('load'), [committed('t', 1, 5), committed('u', 0, 6)]);
  expect(committedOffset(state, { topic: 't', partition: 1 })?.offset).toBe(5);
  expect(committedOffset(state, { topic: 't', partition: 0 })).toBeUndefined();
  expect(committedOffset(state, { topic: 'u', partition: 1 })).toBeUndefined();
});

test('new offsets take the place of the old, in order of topic and number', () => {
  const before = withOffsets(emptyGroup('load'), [committed('u', 0, 1), committed('t', 10, 2)]);
  const after = withOffsets(before, [committed('t', 9, 3), committed('u', 0, 4)]);
  expect(after.offsets.map((entry) => `${partitionKey(entry)}@${entry.offset}`)).toEqual([
    't 9@3',
    't 10@2',
    'u 0@4',
  ]);
  expect(before.offsets).toHaveLength(2);
});

test('a batch is an orphan once its member is not in the group', () => {
  const state = groupOf(
    [memberOf('a')],
    [pendingOf('b1', 'a', 't:0'), pendingOf('b2', 'x', 't:1')],
  );
  expect(state.pending.map((batch) => isOrphan(state, batch))).toEqual([false, true]);
  expect(findMember(state, 'a')?.memberId).toBe('a');
  expect(findMember(state, 'x')).toBeUndefined();
});
