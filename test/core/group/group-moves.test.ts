import { describe, expect, test } from '@jest/globals';

import {
  applyMove,
  applyUndo,
  type MoveRequest,
  planUndo,
  removeOffsets,
  committedBy,
} from '../../../src/core/group/group-moves.js';
import {
  type CommittedOffset,
  emptyGroup,
  type GroupState,
  type MovedOffset,
  type PendingBatch,
} from '../../../src/core/group/group-state.js';
import { SeededRandom } from '../../support/seeded-random.js';

const consume: MoveRequest = { reason: 'consume', memberId: 'm', atMs: 1 };
const seek: MoveRequest = { reason: 'seek', memberId: null, atMs: 1 };

/** `'a:0=5'`: topic, partition, offset; `'a/2:0=5'`: of the second topic of that name. */
function offsetsOf(text: string): CommittedOffset[] {
  return wordsOf(text).map((word) => {
    const { topic, version, partition, rest } = placeOf(word);
    const position = { offset: Number(rest), leaderEpoch: 0, metadata: 'x', committedMs: 1 };
    return { topic, topicId: topic + version, partition, ...position };
  });
}

/** `'a:0=3>5'`, with `-` for nothing. */
function movedOf(text: string): MovedOffset[] {
  return wordsOf(text).map((word) => {
    const { topic, version, partition, rest } = placeOf(word);
    const [from = '', to = ''] = rest.split('>');
    const offsetOf = (side: string): number | null => (side === '-' ? null : Number(side));
    const ends = { fromOffset: offsetOf(from), toOffset: offsetOf(to) };
    return { topic, topicId: topic + version, partition, ...ends };
  });
}

function placeOf(word: string) {
  const [, topic = '', version = '1', partition, rest = ''] =
    /^(\w+)(?:\/(\d))?:(\d+)=(.*)$/.exec(word) ?? [];
  return { topic, version, partition: Number(partition), rest };
}

function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** `'a:0=5-9'`: waits there. */
function pendingOf(id: string, text: string): PendingBatch {
  const ranges = wordsOf(text).map((word) => {
    const { topic, version, partition, rest } = placeOf(word);
    const [firstOffset, endOffset] = rest.split('-').map(Number) as [number, number];
    return { topic, topicId: topic + version, partition, firstOffset, endOffset };
  });
  return { id, attempt: 1, ranges, createdMs: 0, memberId: 'm' };
}

const stateOf = (offsets: string, pending: readonly PendingBatch[] = []): GroupState => ({
  ...emptyGroup('g'),
  offsets: offsetsOf(offsets),
  pending,
});

/** Where it stands, as in `offsetsOf`. */
const shown = ({ offsets }: GroupState): string =>
  offsets
    .map(({ topic, topicId, partition, offset }) => {
      const version = topicId.slice(topic.length);
      return `${topic}${version === '1' ? '' : `/${version}`}:${partition}=${offset}`;
    })
    .join(' ');

const move = (state: GroupState, text: string, request = consume): GroupState =>
  applyMove(state, offsetsOf(text), request).state;

describe('a move', () => {
  test('sets the offsets, and says what it has moved', () => {
    const before = stateOf('a:0=3 a:1=4 b:0=1');
    const { state, moved, cleared } = applyMove(before, offsetsOf('a:1=9 c:0=2'), seek);
    expect(shown(state)).toBe('a:0=3 a:1=9 b:0=1 c:0=2');
    expect(moved).toEqual(movedOf('a:1=4>9 c:0=->2'));
    expect(cleared).toEqual([]);
    expect(state.moves).toEqual([{ atMs: 1, reason: 'seek', memberId: null, offsets: moved }]);
    expect(before).toEqual(stateOf('a:0=3 a:1=4 b:0=1'));
  });

  test('to where it stands is none, but its time and metadata are new', () => {
    const again = offsetsOf('a:0=3').map((offset) => ({
      ...offset,
      metadata: 'y',
      committedMs: 9,
    }));
    const { state, moved } = applyMove(stateOf('a:0=3'), again, seek);
    expect(state.offsets).toEqual(again);
    expect([moved, state.moves]).toEqual([[], []]);
  });

  test('of nothing is the same state', () => {
    const state = stateOf('a:0=3', [pendingOf('p', 'a:0=3-4')]);
    expect(applyMove(state, [], seek).state).toBe(state);
    expect(applyMove(state, [], { ...seek, finishing: 'other' }).state).toBe(state);
  });

  test('gives up the pending batches whose partitions it moves, and no others', () => {
    const pending = [
      pendingOf('moved', 'a:0=3-5 a:1=4-5'),
      pendingOf('stands', 'b:0=1-2'),
      pendingOf('apart', 'c:0=0-2'),
    ];
    const before = stateOf('a:0=3 a:1=4 b:0=1 c:0=0', pending);
    const offsets = offsetsOf('a:1=0 b:0=1');
    const { state, cleared } = applyMove(before, offsets, { ...seek, memberId: 'm-1' });
    expect(cleared.map(({ id }) => id)).toEqual(['moved']);
    expect(state.pending.map(({ id }) => id)).toEqual(['stands', 'apart']);
    // A person gives up what is pending wherever they point, moved or not.
    const byPerson = applyMove(before, offsets, seek);
    expect(byPerson.cleared.map(({ id }) => id)).toEqual(['moved', 'stands']);
  });

  test('that finishes a batch removes it, and does not call that giving up', () => {
    const before = stateOf('a:0=3 b:0=1', [pendingOf('p', 'a:0=3-5'), pendingOf('q', 'b:0=1-2')]);
    const request = { ...consume, finishing: 'p' };
    const { state, moved, cleared } = applyMove(before, offsetsOf('a:0=5'), request);
    expect(moved).toEqual(movedOf('a:0=3>5'));
    expect([cleared, state.pending.map(({ id }) => id)]).toEqual([[], ['q']]);
    // A batch that has nothing left to deliver moves nothing.
    expect(applyMove(before, [], request).state.pending.map(({ id }) => id)).toEqual(['q']);
  });

  test('in a topic that was made anew starts from nothing', () => {
    const before = move(stateOf('b:0=1'), 'a:0=5 b:0=2');
    const { state, moved } = applyMove(before, offsetsOf('a/2:0=5'), consume);
    expect(moved).toEqual(movedOf('a/2:0=->5'));
    expect(state.moves.map(({ offsets }) => offsets)).toEqual([movedOf('b:0=1>2'), moved]);
    const first = applyUndo(state, 2)!.state;
    expect(shown(first)).toBe('b:0=2');
    expect(shown(applyUndo(first, 3)!.state)).toBe('b:0=1');
  });
});

describe('moves that follow each other', () => {
  const merging = { ...consume, merge: true };

  test('of one member that reads on are one, where that is asked for', () => {
    let state = move(stateOf('a:0=1'), 'a:0=2', merging);
    state = move(state, 'a:0=4 a:1=7', { ...merging, atMs: 5 });
    const offsets = movedOf('a:0=1>4 a:1=->7');
    expect(state.moves).toEqual([{ atMs: 5, reason: 'consume', memberId: 'm', offsets }]);
    expect(shown(applyUndo(state, 6)!.state)).toBe('a:0=1');
  });

  test.each([
    ['it is not asked for', consume, consume],
    ['the members differ', merging, { ...merging, memberId: 'n' }],
    ['a person moves', { ...merging, memberId: null }, { ...merging, memberId: null }],
    ['one is no reading', merging, { ...merging, reason: 'gap' as const }],
    ['one was no reading', { ...merging, reason: 'gap' as const }, merging],
  ])('are two where %s', (_, first, second) => {
    const state = move(move(stateOf('a:0=1'), 'a:0=2', first), 'a:0=3', second);
    expect(state.moves.map(({ offsets }) => offsets)).toEqual([
      movedOf('a:0=1>2'),
      movedOf('a:0=2>3'),
    ]);
  });

  test('are two where something else has moved it in between', () => {
    const state = move(stateOf('a:0=1'), 'a:0=2', merging);
    const elsewhere = { ...state, offsets: offsetsOf('a:0=9') };
    expect(move(elsewhere, 'a:0=10', merging).moves).toHaveLength(2);
  });
});

describe('the moves that are kept', () => {
  test('are the last twenty', () => {
    let state = stateOf('a:0=0');
    for (let offset = 1; offset <= 25; offset++) state = move(state, `a:0=${offset}`);
    expect(state.moves).toHaveLength(20);
    expect(state.moves.at(-1)?.offsets).toEqual(movedOf('a:0=24>25'));
    expect(state.moves[0]?.offsets).toEqual(movedOf('a:0=5>6'));
  });

  test('hold two thousand offsets in all, and the newest one whole', () => {
    const many = (count: number, offset: number): string =>
      Array.from({ length: count }, (_, partition) => `a:${partition}=${offset}`).join(' ');
    let state = stateOf('');
    for (let offset = 1; offset <= 5; offset++) state = move(state, many(500, offset));
    expect(state.moves).toHaveLength(4);
    state = move(state, many(1, 9));
    expect(state.moves.map(({ offsets }) => offsets.length)).toEqual([500, 500, 500, 1]);
    state = move(state, many(3000, 10));
    expect(state.moves.map(({ offsets }) => offsets.length)).toEqual([3000]);
  });
});

describe('undo', () => {
  test('goes back move by move, and ends where nothing is known', () => {
    let state = move(stateOf(''), 'a:0=0 b:0=0', { ...consume, reason: 'start' });
    state = move(state, 'a:0=5');
    state = move(state, 'a:0=9 b:0=3', seek);
    const path: string[] = [];
    for (let next = applyUndo(state, 7); next !== undefined; next = applyUndo(state, 7)) {
      expect(planUndo(state)).toEqual(next.move);
      state = next.state;
      path.push(shown(state));
    }
    expect(path).toEqual(['a:0=5 b:0=0', 'a:0=0 b:0=0', '']);
    expect([planUndo(state), state.moves]).toEqual([undefined, []]);
  });

  test('says the way back, and what is known of the offsets then', () => {
    const state = move(stateOf('a:0=1'), 'a:0=5 a:1=2');
    const { moved, state: after } = applyUndo(state, 7)!;
    expect(moved).toEqual(movedOf('a:0=5>1 a:1=2>-'));
    const [stands] = offsetsOf('a:0=1');
    expect(after.offsets).toEqual([{ ...stands, leaderEpoch: -1, metadata: '', committedMs: 7 }]);
  });

  test('gives up pending batches in its partitions', () => {
    const state = {
      ...move(stateOf('a:0=1 b:0=1'), 'a:0=5'),
      pending: [pendingOf('p', 'a:0=5-6'), pendingOf('q', 'b:0=1-2')],
    };
    const { cleared, state: after } = applyUndo(state, 7)!;
    expect(cleared.map(({ id }) => id)).toEqual(['p']);
    expect(after.pending.map(({ id }) => id)).toEqual(['q']);
  });

  test('of a move that does not end where the group stands is a bug', () => {
    const state = { ...move(stateOf('a:0=1'), 'a:0=5'), offsets: offsetsOf('a:0=6') };
    expect(() => applyUndo(state, 7)).toThrow('a 0 is not where it was moved to');
  });

  test('takes back any series of moves, exactly', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = new SeededRandom(seed);
      const stack = [stateOf('a:0=0 a:1=0')];
      for (let i = 0; i < 15; i++) {
        const places = [0, 1, 2].filter(() => random.chance());
        const text = places.map((partition) => `a:${partition}=${random.below(4)}`).join(' ');
        const next = move(stack.at(-1)!, text, random.chance() ? consume : seek);
        if (next.moves.length > stack.at(-1)!.moves.length) stack.push(next);
      }
      let state = stack.pop()!;
      while (stack.length > 0) {
        state = applyUndo(state, 2)!.state;
        expect(shown(state)).toBe(shown(stack.pop()!));
      }
      expect(planUndo(state)).toBeUndefined();
    }
  });
});

describe('removing offsets', () => {
  const places = [{ topic: 'a', partition: 0 }];

  test('forgets them, and the moves of them', () => {
    const state = move(move(stateOf('a:0=1 b:0=1'), 'a:0=2'), 'a:0=3 b:0=2');
    const after = removeOffsets(state, places);
    expect(shown(after)).toBe('b:0=2');
    expect(after.moves.map(({ offsets }) => offsets)).toEqual([movedOf('b:0=1>2')]);
    expect(shown(applyUndo(after, 2)!.state)).toBe('b:0=1');
  });

  test('that are not there is the same state', () => {
    const state = stateOf('b:0=1');
    expect(removeOffsets(state, places)).toBe(state);
  });

  test('under a pending batch is a bug', () => {
    const state = stateOf('a:0=1', [pendingOf('p', 'a:0=1-2')]);
    expect(() => removeOffsets(state, places)).toThrow('a batch is pending there');
  });
});

test('what is written is where it goes; a position that is taken away is not', () => {
  const place = { topic: 'orders', topicId: 'id', partition: 0, fromOffset: 1 };
  expect(committedBy({ ...place, toOffset: 3 }, 7)).toEqual({
    topic: 'orders',
    topicId: 'id',
    partition: 0,
    offset: 3,
    leaderEpoch: -1,
    metadata: '',
    committedMs: 7,
  });
  expect(committedBy({ ...place, toOffset: null }, 7)).toBeUndefined();
});
