import { describe, expect, test } from '@jest/globals';
import { takePending } from '../../../src/core/group/pending-takeover.js';
import { reconcile } from '../../../src/core/group/reconciliation.js';
import { groupOf, memberOf, ownedIn, pendingOf, tableOf, targetsIn } from './group-states.js';

const table = tableOf({ t: 4, u: 1 });

describe('takePending', () => {
  test("makes the batch, and all of its partitions, the member's own", () => {
    const orphan = pendingOf('p', 'gone', 't:2 t:3');
    const state = groupOf([memberOf('a', { owned: 't:0', target: 't:0' })], [orphan]);
    const taken = takePending(state, 'a', table)!;
    expect(taken.batch).toEqual({ ...orphan, memberId: 'a', attempt: 2 });
    expect(taken.batch.ranges).toBe(orphan.ranges);
    expect(taken.state.pending).toEqual([taken.batch]);
    expect(ownedIn(taken.state)).toEqual({ a: 't:0 t:2 t:3' });
    expect(taken.state.generation).toBe(6);
  });

  test('is no new generation where the member has all of them already', () => {
    const state = groupOf(
      [memberOf('new', { instanceId: 'one', owned: 't:0 t:1', target: 't:0 t:1 t:2 t:3' })],
      [pendingOf('p', 'old', 't:0 t:1')],
    );
    const taken = takePending(state, 'new', table)!;
    expect(taken.batch.memberId).toBe('new');
    expect(taken.state.generation).toBe(5);
    expect(taken.state.members).toEqual(state.members);
  });

  test('takes the oldest first, and of one age the first that was written down', () => {
    const state = groupOf(
      [memberOf('a')],
      [
        pendingOf('young', 'gone', 't:0', 300),
        pendingOf('old', 'gone', 't:1', 100),
        pendingOf('as old', 'gone', 't:2', 100),
      ],
    );
    const ids: (string | undefined)[] = [];
    let next = state;
    for (let turn = 0; turn < 4; turn++) {
      const taken = takePending(next, 'a', table);
      ids.push(taken?.batch.id);
      next = taken?.state ?? next;
    }
    expect(ids).toEqual(['old', 'as old', 'young', undefined]);
  });

  test.each([
    ['it is its own', 'a', 't:1'],
    ['another works on it', 'b', 't:0'],
    ['another has one of its partitions', 'gone', 't:1 t:0'],
    ['one of its partitions is not subscribed to', 'gone', 't:1 u:0'],
  ])('passes a batch by where %s', (_, memberId, partitions) => {
    const state = groupOf(
      [memberOf('a', { owned: 't:1' }), memberOf('b', { owned: 't:0' })],
      [pendingOf('p', memberId, partitions), pendingOf('q', 'gone', 't:3', 200)],
    );
    expect(takePending(state, 'a', table)?.batch.id).toBe('q');
    expect(takePending({ ...state, pending: [state.pending[0]!] }, 'a', table)).toBeUndefined();
  });

  test('a following member gives back what is not its target once the batch is done', () => {
    const state = groupOf(
      [
        memberOf('a', { assignor: 'range', owned: 't:0 t:1', target: 't:0 t:1' }),
        memberOf('b', { assignor: 'range', owned: '', target: 't:2 t:3' }),
      ],
      [pendingOf('p', 'gone', 't:2 t:3')],
    );
    const { state: taken } = takePending(state, 'a', table)!;
    expect(targetsIn(taken)).toEqual({ a: 't:0 t:1', b: 't:2 t:3' });
    expect(reconcile(taken, 'a', table)).toBe(taken);
    const done = reconcile({ ...taken, pending: [] }, 'a', table);
    expect(ownedIn(done)).toEqual({ a: 't:0 t:1', b: '' });
    expect(ownedIn(reconcile(done, 'b', table))).toEqual({ a: 't:0 t:1', b: 't:2 t:3' });
  });

  test("what a batch run takes is nobody's target any more, and the rest is balanced", () => {
    const state = groupOf(
      [
        memberOf('a', { assignor: 'range', owned: 't:0 t:1', target: 't:0 t:1' }),
        memberOf('b', { assignor: 'range', target: 't:2 t:3' }),
        memberOf('r', { kind: 'batch' }),
      ],
      [pendingOf('p', 'gone', 't:2 t:3')],
    );
    const { state: taken } = takePending(state, 'r', table)!;
    expect(targetsIn(taken)).toEqual({ a: 't:0', b: 't:1', r: '' });
  });
});
