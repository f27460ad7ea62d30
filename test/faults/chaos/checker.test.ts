/**
 * The checker itself: a history in which all is well passes, and each way to break it is seen, under the
 * name of the promise that was broken. Without this a green chaos run would mean nothing.
 */
import { describe, expect, test } from '@jest/globals';
import { type Invariant, INVARIANT_NAMES, checkHistory, describeViolations } from './checker.js';
import type { Bounds, Consume, Delivery, Operation, Position, Produce } from './history.js';
import { KEPT, PRUNED, sampleHistory, sampleRecord } from './sample-history.js';

type Kinds = { readonly [K in Operation['op']]: Extract<Operation, { readonly op: K }> };
/** What a mutation does may be done to anything. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

class Broken {
  readonly operations = sampleHistory();

  /** The first operation of that kind that fits, to be changed in place. */
  find<K extends Operation['op']>(
    op: K,
    fits: (operation: Kinds[K]) => boolean = () => true,
  ): Mutable<Kinds[K]> {
    const found = this.operations.find(
      (operation) => operation.op === op && fits(operation as Kinds[K]),
    );
    if (found === undefined) throw new Error(`no such ${op}`);
    return found as unknown as Mutable<Kinds[K]>;
  }

  produce(proc: string, number: number): Mutable<Produce> {
    const payload = sampleRecord(proc, number);
    return this.find('produce', ({ args }) => args.payload === payload);
  }

  by(proc: string): Mutable<Consume> {
    return this.find('consume', (read) => read.proc === proc);
  }

  final(topic = 'kept'): Mutable<Consume> {
    return this.find('consume', ({ args }) => args.isFinal && args.topic === topic);
  }

  delivery(proc: string): Mutable<Delivery> {
    return this.find('deliver', (delivery) => delivery.proc === proc);
  }

  position(offset: number): Mutable<Position> {
    return this.find('position', ({ result }) => result.committedOffset === offset);
  }

  bounds(topic: string, startOffset: number): Mutable<Bounds> {
    return this.find(
      'bounds',
      ({ args, result }) => args.topic === topic && result.startOffset === startOffset,
    );
  }

  remove(operation: object): void {
    this.operations.splice(this.operations.indexOf(operation as Operation), 1);
  }
}

type Row = readonly [string, Invariant, (broken: Broken) => void];

const WRITES: readonly Row[] = [
  ['an acknowledged record is not there', 'lost-write', (b) => b.final().result.records.pop()],
  [
    'an acknowledged record was overwritten by an unknown one',
    'lost-write',
    (b) => (b.final().result.records[2]![1] = sampleRecord('c', 0)),
  ],
  [
    'an acknowledged record was pruned that no trim named',
    'lost-write',
    (b) => {
      b.final().result.records.shift();
      b.find('bounds', ({ args }) => args.isFinal && args.topic === 'kept').result.startOffset = 1;
    },
  ],
  [
    'two acknowledgements are swapped',
    'lost-write',
    (b) => {
      b.produce('a', 0).result = { kind: 'acknowledged', offset: 1 };
      b.produce('a', 1).result = { kind: 'acknowledged', offset: 0 };
    },
  ],
  ['what was refused is there', 'unknown', (b) => (b.produce('b', 1).result = { kind: 'failed' })],
  [
    'what is unknown is there twice',
    'unknown',
    (b) => b.final().result.records.push([5, sampleRecord('b', 1)]),
  ],
  [
    'an acknowledged record is there twice',
    'duplicate',
    (b) => b.final().result.records.push([5, sampleRecord('a', 0)]),
  ],
  [
    'a reader saw a record where it is not any more',
    'duplicate',
    (b) => (b.by('r1').result.records[2] = [3, sampleRecord('b', 0)]),
  ],
  [
    'one record is in two topics',
    'duplicate',
    (b) => b.final('pruned').result.records.push([4, sampleRecord('b', 1)]),
  ],
  [
    'two readers got different records at one offset',
    'inconsistent-offsets',
    (b) => (b.by('r2').result.records[1] = [3, sampleRecord('c', 0)]),
  ],
  [
    'an offset was given twice',
    'inconsistent-offsets',
    (b) => (b.produce('c', 0).result = { kind: 'acknowledged', offset: 2 }),
  ],
  [
    'a reader got another record than the group',
    'inconsistent-offsets',
    (b) => (b.delivery('g3').result.records[1] = [3, sampleRecord('c', 0)]),
  ],
  ['an offset is missing', 'hole', (b) => b.final().result.records.splice(3, 1)],
  ['an offset comes twice', 'hole', (b) => b.final().result.records.splice(3, 0, [2, 'x'])],
  [
    'the log claims more than it holds',
    'hole',
    (b) =>
      (b.find('bounds', ({ args }) => args.isFinal && args.topic === 'kept').result.endOffset = 6),
  ],
  [
    'a record was sent after one behind it was acknowledged',
    'real-time-order',
    (b) => (b.produce('b', 0).invokedNs = 115),
  ],
  [
    'the records of one process are swapped',
    'producer-order',
    (b) => {
      const { records } = b.final().result;
      [records[0]![1], records[1]![1]] = [records[1]![1], records[0]![1]];
    },
  ],
  [
    'a process has a later record without the one before it',
    'producer-order',
    (b) => (b.final().result.records[2]![1] = sampleRecord('c', 0)),
  ],
  [
    'a record lies in a partition that its key does not lead to',
    'producer-order',
    (b) => (b.produce('b', 1).args.topic = 'pruned'),
  ],
];

const READS: readonly Row[] = [
  [
    'a reader got a torn record',
    'read-validity',
    (b) => (b.by('r1').result.records[2]![1] = sampleRecord('b', 0).slice(0, -1)),
  ],
  [
    'a reader got what nobody sent',
    'read-validity',
    (b) => (b.by('r1').result.records[2]![1] = sampleRecord('nobody', 0)),
  ],
  [
    'a group got a torn record',
    'read-validity',
    (b) => (b.delivery('g4').result.records[0]![1] = 'b:'),
  ],
  [
    'a reader got a record before it was sent',
    'read-validity',
    (b) => (b.produce('b', 0).invokedNs = 66),
  ],
  ['a reader skipped a record', 'read-validity', (b) => b.by('r2').result.records.splice(1, 1)],
  ['a reader began too late', 'read-validity', (b) => b.by('r2').result.records.shift()],
  ['a reader began after the start', 'read-validity', (b) => b.by('r1').result.records.shift()],
  [
    'a reader went back',
    'read-validity',
    (b) => b.by('r2').result.records.push([2, sampleRecord('b', 0)]),
  ],
  ['a reader did not tell of a gap', 'read-validity', (b) => (b.by('r3').result.toldGap = false)],
  [
    'a reader did not see what another had seen',
    'end-went-back',
    (b) => b.by('r2').result.records.splice(1),
  ],
  [
    'a reader did not see what was acknowledged',
    'end-went-back',
    (b) => {
      b.by('r1').invokedNs = 62;
      b.by('r1').result.records.pop();
    },
  ],
  [
    'a description ended before what was acknowledged',
    'end-went-back',
    (b) => (b.bounds('pruned', 1).result.endOffset = 3),
  ],
];

const GROUPS: readonly Row[] = [
  ['a group went back', 'commit', (b) => (b.position(5).result.committedOffset = 3)],
  ['a confirmed commit is lost', 'commit', (b) => (b.position(2).result.committedOffset = 0)],
  ['a group stands where nobody read', 'commit', (b) => (b.position(4).result.committedOffset = 5)],
  [
    'a group moved over what only a failed run had',
    'commit',
    (b) => (b.delivery('g3').result.kind = 'failed'),
  ],
  [
    'a group moved before the run that read it',
    'commit',
    (b) => (b.position(0).result.committedOffset = 1),
  ],
  [
    'a group got again what it had committed',
    'given-again',
    (b) => b.delivery('g4').result.records.unshift([3, sampleRecord('b', 1)]),
  ],
  [
    'a group got again what one run had confirmed',
    'given-again',
    (b) => {
      b.remove(b.position(2));
      b.delivery('g3').result.records.unshift([1, sampleRecord('a', 1)]);
    },
  ],
  [
    'two runs at once confirmed the same',
    'given-again',
    (b) => b.operations.push({ ...(b.delivery('g2') as Delivery), proc: 'g2b', invokedNs: 52 }),
  ],
];

const ENDINGS: readonly Row[] = [
  [
    'a log begins earlier than before',
    'start-went-back',
    (b) => (b.bounds('pruned', 1).invokedNs = 97),
  ],
  ['a log kept less than its policy', 'prune', (b) => (b.bounds('pruned', 2).result.logBytes = 99)],
  ['a log begins behind what was trimmed', 'prune', (b) => b.remove(b.find('trim'))],
  [
    'a log without a policy lost its start',
    'prune',
    (b) => (b.bounds('kept', 0).result.startOffset = 1),
  ],
  ['a log begins past its end', 'prune', (b) => (b.bounds('pruned', 2).result.endOffset = 1)],
  [
    'a command failed that nobody disturbed',
    'liveness',
    (b) => (b.find('command').result.exit = 1),
  ],
  ['a command did not end', 'liveness', (b) => (b.find('command').result.exit = null)],
  ['a command took too long', 'liveness', (b) => (b.find('command').returnedNs = 310 + 2e6)],
  ['verify failed', 'structure', (b) => (b.find('ending').result.exit = 7)],
  ['verify found something', 'structure', (b) => b.find('ending').result.findings.push('a hole')],
  ['a half-made file is left', 'structure', (b) => b.find('ending').result.leftovers.push('x.tmp')],
  ['a lock names a holder', 'structure', (b) => b.find('ending').result.heldLocks.push('t-0')],
];

describe('the checker', () => {
  test('finds nothing where all is well', () => {
    expect(describeViolations(checkHistory(sampleHistory()))).toBe('');
  });

  const rows = [...WRITES, ...READS, ...GROUPS, ...ENDINGS];

  test.each(rows)('sees that %s (%s)', (_, invariant, damage) => {
    const broken = new Broken();
    damage(broken);
    const found = checkHistory(broken.operations);
    expect(found.map((violation) => violation.invariant)).toContain(invariant);
  });

  test('is tested for each of its invariants', () => {
    expect(new Set(rows.map(([, invariant]) => invariant))).toEqual(new Set(INVARIANT_NAMES));
  });

  test('allows what a kill may leave: records that were never acknowledged, there or not', () => {
    const broken = new Broken();
    broken.remove(broken.delivery('g4'));
    broken.remove(broken.position(5));
    broken.remove(broken.by('r2'));
    broken.produce('a', 2).result = { kind: 'unknown' };
    expect(describeViolations(checkHistory(broken.operations))).toBe('');
    broken.final().result.records.pop();
    broken.find(
      'bounds',
      ({ args }) => args.isFinal && args.topic === KEPT.topic,
    ).result.endOffset = 4;
    expect(describeViolations(checkHistory(broken.operations))).toBe('');
  });

  test('allows a trim that was killed to have gone as far as it was asked to', () => {
    const broken = new Broken();
    broken.find('trim').result.kind = 'unknown';
    broken.find('trim').args.beforeOffset = 2;
    broken.bounds(PRUNED.topic, 2).result.logBytes = 0;
    expect(describeViolations(checkHistory(broken.operations))).toBe('');
  });

  test('says what a violation was seen in', () => {
    const broken = new Broken();
    broken.final().result.records.pop();
    expect(describeViolations(checkHistory(broken.operations))).toContain(
      'lost-write: kept:0 offset 4 was acknowledged, and holds nothing\n  {"op":"produce","proc":"a"',
    );
  });
});
