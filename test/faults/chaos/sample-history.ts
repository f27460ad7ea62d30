/**
 * A small history in which all is well: three processes write to two partitions, others read, two
 * groups read on, one topic is trimmed and pruned. Times are in steps of 10; tests break it in one place.
 */
import type { Entry, Operation, Produce } from './history.js';
import { payloadOf } from './payload.js';

export const KEPT = { topic: 'kept', partition: 0 };
export const PRUNED = { topic: 'pruned', partition: 0 };

export function sampleRecord(proc: string, number: number): string {
  return payloadOf({ proc, number, key: 'k', paddingBytes: 3 });
}

function produce(
  proc: string,
  number: number,
  [invokedNs, returnedNs]: readonly [number, number],
  result: Produce['result'],
  place = KEPT,
): Produce {
  const args = { ...place, key: 'k', payload: sampleRecord(proc, number) };
  return { op: 'produce', proc, seq: number, invokedNs, returnedNs, args, result };
}

function at(offset: number): Produce['result'] {
  return { kind: 'acknowledged', offset };
}

/** What lies in `kept`, offset by offset: `b` was killed after it had written, `c` before. */
const KEPT_ENTRIES: readonly Entry[] = [
  [0, sampleRecord('a', 0)],
  [1, sampleRecord('a', 1)],
  [2, sampleRecord('b', 0)],
  [3, sampleRecord('b', 1)],
  [4, sampleRecord('a', 2)],
];

const PRUNED_ENTRIES: readonly Entry[] = [2, 3].map((number) => [
  number,
  sampleRecord('p', number),
]);

const WHO = { seq: 0 } as const;

/** A new one for each test. */
export function sampleHistory(): Operation[] {
  return structuredClone<Operation[]>([
    {
      ...WHO,
      ...{ op: 'topic', proc: 'admin', invokedNs: 0, returnedNs: 1 },
      args: { topic: 'kept', partitions: 1, retentionBytes: null },
    },
    {
      ...WHO,
      ...{ op: 'topic', proc: 'admin', invokedNs: 1, returnedNs: 2 },
      args: { topic: 'pruned', partitions: 1, retentionBytes: 100 },
    },
    produce('a', 0, [10, 30], at(0)),
    produce('a', 1, [10, 30], at(1)),
    produce('b', 0, [40, 60], at(2)),
    produce('b', 1, [70, 80], { kind: 'unknown' }),
    produce('c', 0, [70, 80], { kind: 'unknown' }),
    produce('d', 0, [70, 80], { kind: 'failed' }),
    produce('a', 2, [90, 110], at(4)),
    produce('p', 0, [10, 20], at(0), PRUNED),
    produce('p', 1, [20, 30], at(1), PRUNED),
    produce('p', 2, [30, 40], at(2), PRUNED),
    produce('p', 3, [40, 50], at(3), PRUNED),
    ...sampleReads(),
    ...sampleGroups(),
    ...samplePrunes(),
    {
      ...WHO,
      ...{ op: 'command', proc: 'probe', invokedNs: 300, returnedNs: 310 },
      args: { command: 'produce', allowedExits: [0], limitMs: 1 },
      result: { exit: 0, err: '' },
    },
    {
      ...WHO,
      ...{ op: 'ending', proc: 'verify', invokedNs: 320, returnedNs: 330 },
      result: { exit: 0, findings: [], leftovers: [], heldLocks: [] },
    },
  ]);
}

function sampleReads(): Operation[] {
  const read = { isWhole: true, toldGap: false };
  return [
    {
      ...WHO,
      ...{ op: 'consume', proc: 'r1', invokedNs: 50, returnedNs: 65 },
      args: { ...KEPT, from: 'start', isFinal: false },
      result: { ...read, records: KEPT_ENTRIES.slice(0, 3) },
    },
    {
      ...WHO,
      ...{ op: 'consume', proc: 'r2', invokedNs: 120, returnedNs: 140 },
      args: { ...KEPT, from: 2, isFinal: false },
      result: { ...read, records: KEPT_ENTRIES.slice(2) },
    },
    {
      ...WHO,
      ...{ op: 'consume', proc: 'r3', invokedNs: 45, returnedNs: 55 },
      args: { ...PRUNED, from: 0, isFinal: false },
      result: {
        ...{ isWhole: false, toldGap: true },
        records: [[0, sampleRecord('p', 0)], PRUNED_ENTRIES[1]!],
      },
    },
    {
      ...WHO,
      ...{ op: 'consume', proc: 'final', invokedNs: 300, returnedNs: 310 },
      args: { ...KEPT, from: 'start', isFinal: true },
      result: { ...read, records: KEPT_ENTRIES },
    },
    {
      ...WHO,
      ...{ op: 'consume', proc: 'final', invokedNs: 300, returnedNs: 310 },
      args: { ...PRUNED, from: 'start', isFinal: true },
      result: { ...read, records: PRUNED_ENTRIES },
    },
  ];
}

/** Twice the first two: once by a run that failed. Then one that was killed, and committed. */
function sampleGroups(): Operation[] {
  const args = { ...KEPT, group: 'g' };
  const deliver = (
    proc: string,
    [invokedNs, returnedNs]: readonly [number, number],
    kind: 'confirmed' | 'failed' | 'unknown',
    records: readonly Entry[],
  ): Operation => ({
    ...WHO,
    ...{ op: 'deliver', proc, invokedNs, returnedNs, args },
    result: { kind, records, toldGap: false },
  });
  const stand = (invokedNs: number, committedOffset: number): Operation => ({
    ...WHO,
    ...{ op: 'position', proc: 'look', invokedNs, returnedNs: invokedNs + 2, args },
    result: { committedOffset },
  });
  return [
    deliver('g1', [35, 45], 'failed', KEPT_ENTRIES.slice(0, 2)),
    stand(46, 0),
    deliver('g2', [50, 65], 'confirmed', KEPT_ENTRIES.slice(0, 2)),
    stand(66, 2),
    deliver('g3', [70, 85], 'unknown', KEPT_ENTRIES.slice(2, 4)),
    stand(86, 4),
    deliver('g4', [115, 125], 'confirmed', KEPT_ENTRIES.slice(4)),
    stand(126, 5),
  ];
}

function samplePrunes(): Operation[] {
  const look = (
    args: typeof KEPT,
    invokedNs: number,
    [startOffset, endOffset]: readonly [number, number],
    isFinal = false,
  ): Operation => ({
    ...WHO,
    ...{ op: 'bounds', proc: 'look', invokedNs, returnedNs: invokedNs + 5 },
    args: { ...args, isFinal },
    result: { startOffset, endOffset, logBytes: startOffset > 1 ? 150 : 20 },
  });
  return [
    look(PRUNED, 55, [0, 4]),
    {
      ...WHO,
      ...{ op: 'trim', proc: 't', invokedNs: 62, returnedNs: 70 },
      args: { ...PRUNED, beforeOffset: 1 },
      result: { kind: 'done' },
    },
    look(PRUNED, 75, [1, 4]),
    look(PRUNED, 90, [2, 4]),
    look(PRUNED, 301, [2, 4], true),
    look(KEPT, 301, [0, 5], true),
  ];
}
