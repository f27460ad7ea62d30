import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AssignorMember } from '../../../src/core/group/assignor-member.js';
import { ASSIGNOR_NAMES, type AssignorName } from '../../../src/core/group/assignor-name.js';
import { assign } from '../../../src/core/group/assignor.js';
import type { AssignorVector, Shown } from '../../support/assignor-vectors.js';
import {
  countsOf,
  memberOf,
  membersOf,
  nameOf,
  readAssignorVectors,
  showAssignment,
  sortShown,
} from '../../support/assignor-vectors.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

const WHOLE = ['range', 'roundrobin', 'sticky'] as const;
const BALANCED = ['roundrobin', 'sticky'] as const;

/** What matters to a group: how much each member has, and how much it did not have to give up. */
function outlineOf(shown: Shown, { previous }: AssignorVector) {
  const kept = Object.entries(shown).flatMap(([id, names]) =>
    names.filter((name) => previous?.[id]?.includes(name)),
  );
  const sizes = Object.values(shown).map((names) => names.length);
  return { sizes: sizes.sort((left, right) => left - right), keptCount: kept.length };
}

function expectWhatMatters(vectors: readonly AssignorVector[], name: AssignorName): void {
  const ofName = vectors.filter(({ assignor }) => assignor === name);
  expect(ofName.length).toBeGreaterThan(10);
  for (const vector of ofName) {
    const shown = showAssignment(assign(name, countsOf(vector), membersOf(vector)));
    const outline = name.includes('sticky')
      ? (each: Shown) => outlineOf(each, vector)
      : (each: Shown) => sortShown(each);
    expect({ vector, result: outline(shown) }).toEqual({
      vector,
      result: outline(vector.assignment),
    });
  }
}

describe.each(ASSIGNOR_NAMES)(
  '%s against Kafka (the sticky ones: in balance and in what is kept)',
  (name) => {
    test('agrees in the vectors of the fixture', () => {
      expectWhatMatters(readAssignorVectors(), name);
    });

    goldenTest('agrees in all vectors', () => {
      expectWhatMatters(readGoldenLines<AssignorVector>('vectors/assignors.jsonl'), name);
    });
  },
);

interface Group {
  readonly counts: ReadonlyMap<string, number>;
  readonly members: readonly AssignorMember[];
}

const TOPICS = ['s', 't', 'u', 'v'];

/** Any topics, subscriptions and claims, right or wrong; `missing` is subscribed to but does not exist. */
function groups(topics: fc.Arbitrary<string[]>): fc.Arbitrary<Group> {
  const partition = fc.record({ topic: fc.constantFrom(...TOPICS), partition: fc.nat(9) });
  return fc.record({
    counts: fc
      .array(fc.nat(8), { minLength: TOPICS.length, maxLength: TOPICS.length })
      .map((counts) => new Map(TOPICS.map((topic, at) => [topic, counts[at]!]))),
    members: fc.uniqueArray(
      fc.record({
        memberId: fc.string({ minLength: 1, maxLength: 3 }),
        instanceId: fc.option(fc.string({ minLength: 1, maxLength: 2 }), { nil: undefined }),
        topics,
        owned: fc.array(partition, { maxLength: 12 }),
        generation: fc.integer({ min: -1, max: 2 }),
      }),
      { minLength: 1, maxLength: 7, selector: ({ memberId }) => memberId },
    ),
  });
}

const anyGroup = groups(fc.subarray([...TOPICS, 'missing']));
const equalGroup = groups(fc.shuffledSubarray(TOPICS, { minLength: TOPICS.length }));

/** The next round, in which everyone owns what this one gave it. */
function nextRound({ counts, members }: Group, name: AssignorName): Group {
  const assignment = assign(name, counts, members);
  return {
    counts,
    members: members.map((member) => ({
      ...member,
      owned: assignment.get(member.memberId)!,
      generation: 3,
    })),
  };
}

function subscribedNames({ counts, members }: Group): string[] {
  return [...counts]
    .filter(([topic]) => members.some(({ topics }) => topics.includes(topic)))
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, at) => `${topic}-${at}`));
}

function sizesOf(shown: Shown): number[] {
  return Object.values(shown).map((names) => names.length);
}

describe.each(ASSIGNOR_NAMES)('%s', (name) => {
  const assignTo = ({ counts, members }: Group): Shown =>
    showAssignment(assign(name, counts, members));

  test('lists every member, and gives nobody what it does not subscribe to, or twice', () => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        const assignment = assign(name, group.counts, group.members);
        const all = [...assignment.values()].flat().map(nameOf);
        expect(new Set(all).size).toBe(all.length);
        expect(assignment.size).toBe(group.members.length);
        for (const { memberId, topics } of group.members) {
          const given = assignment.get(memberId)!;
          expect(given.filter(({ topic }) => !topics.includes(topic))).toEqual([]);
        }
      }),
    );
  });

  test('gives the same whatever the order of members and topics', () => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        const counts = new Map([...group.counts].reverse());
        const members = group.members.toReversed();
        expect(assignTo({ counts, members })).toEqual(assignTo(group));
      }),
    );
  });

  test('without members gives nothing', () => {
    expect(assign(name, new Map([['t', 3]]), [])).toEqual(new Map());
  });

  test('lists partitions by topic and number', () => {
    const counts = new Map([
      ['t', 11],
      ['s', 1],
    ]);
    const given = assign(name, counts, [memberOf('a', 't s')]).get('a')!;
    expect(given.map(nameOf).join(' ')).toBe('s-0 t-0 t-1 t-2 t-3 t-4 t-5 t-6 t-7 t-8 t-9 t-10');
  });

  test('does not take two members of one id', () => {
    const twins = [memberOf('a', 't'), memberOf('a', 't')];
    expect(() => assign(name, new Map([['t', 1]]), twins)).toThrow('two members of one id');
  });
});

test.each(WHOLE)('%s assigns every partition of the subscribed topics', (name) => {
  fc.assert(
    fc.property(anyGroup, (group) => {
      const shown = showAssignment(assign(name, group.counts, group.members));
      expect(Object.values(shown).flat().sort()).toEqual(subscribedNames(group).sort());
    }),
  );
});

test.each(BALANCED)('%s is balanced within one where all subscribe alike', (name) => {
  fc.assert(
    fc.property(equalGroup, ({ counts, members }) => {
      const sizes = sizesOf(showAssignment(assign(name, counts, members)));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

describe('sticky', () => {
  test('of two with a claim to the larger share lets the first by id keep it, in whatever order', () => {
    const [one, two] = [memberOf('a', 't', 't-0 t-1'), memberOf('b', 't', 't-2 t-3')];
    const newcomer = memberOf('c', 't');
    const expected = { a: ['t-0', 't-1'], b: ['t-2'], c: ['t-3'] };
    for (const members of [
      [one, two, newcomer],
      [newcomer, two, one],
    ])
      expect(showAssignment(assign('sticky', new Map([['t', 4]]), members))).toEqual(expected);
  });

  test('leaves no partition that one move could balance better', () => {
    fc.assert(
      fc.property(anyGroup, ({ counts, members }) => {
        const assignment = assign('sticky', counts, members);
        for (const held of assignment.values()) {
          const readers = members.filter(({ topics }) =>
            held.some(({ topic }) => topics.includes(topic)),
          );
          for (const { memberId } of readers)
            expect(held.length).toBeLessThanOrEqual(assignment.get(memberId)!.length + 1);
        }
      }),
    );
  });

  test.each(['sticky', 'cooperative-sticky'] as const)('%s comes to rest', (name) => {
    fc.assert(
      fc.property(anyGroup, (group) => {
        const second = nextRound(nextRound(group, name), name);
        const settled = showAssignment(assign(name, second.counts, second.members));
        expect(Object.values(settled).flat().sort()).toEqual(subscribedNames(group).sort());
        const third = nextRound(second, name);
        expect(showAssignment(assign(name, third.counts, third.members))).toEqual(settled);
      }),
    );
  });

  test('takes nothing from those who stay when one leaves', () => {
    fc.assert(
      fc.property(equalGroup, (group) => {
        const { counts, members } = nextRound(group, 'sticky');
        const [, ...staying] = members;
        const assignment = assign('sticky', counts, staying);
        for (const { memberId, owned } of staying)
          expect(assignment.get(memberId)).toEqual(expect.arrayContaining([...owned]));
      }),
    );
  });

  test('moves only the share of the newcomer when one joins', () => {
    fc.assert(
      fc.property(equalGroup, (group) => {
        const { counts, members } = nextRound(group, 'sticky');
        const newcomer = memberOf('newcomer', TOPICS.join(' '));
        const assignment = assign('sticky', counts, [...members, newcomer]);
        for (const { memberId, owned } of members)
          expect(owned).toEqual(expect.arrayContaining([...assignment.get(memberId)!]));
      }),
    );
  });
});
