/**
 * Every bit of a small segment flipped, one at a time, in each codec: in the active segment, in one that
 * another follows, and in one that nobody has ever synced. For each: all of it is read, from every offset
 * and by time; it is verified; and one more record is appended.
 *
 * Whatever the bit: what is read are the right records at their right offsets, none left out without an
 * error; a verification finds the bit; no offset is given twice; and nothing but a CoreError is thrown.
 * What readers do not notice is asserted exactly. It is the leader epoch, which they do not use, and of
 * which a verification says that it differs; and, in the last batch of a log, a base offset that becomes
 * that of an earlier batch: then it looks like one that was appended by a writer that had lost its lock.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { COMPRESSION_TYPES, type CompressionType } from '../../../src/core/batch/compression.js';
import { isCoreError } from '../../../src/core/errors.js';
import { START_MS, contentOf } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { printFigure } from '../../support/slow-size.js';
import { type BatchPlace, fieldAt } from './batch-field.js';
import { flipsOf } from './bit-flip.js';
import {
  LOG,
  type LogShape,
  type ReadResult,
  type SmallLog,
  appendedTo,
  consumedFrom,
  offsetAtTime,
  recordsFrom,
  smallLog,
  verified,
} from './small-log.js';

const CASES: readonly (readonly [CompressionType, LogShape])[] = [
  ...COMPRESSION_TYPES.map((codec) => [codec, 'active'] as const),
  ['none', 'sealed'],
  ['zstd', 'sealed'],
  ['none', 'unsynced'],
];

/** Of the segment that is damaged. */
const LAST_BATCH = 3;

/** What became of one question: `damage` and so on, see `lookAt`. */
interface Outcome {
  readonly place: BatchPlace;
  /** Of all of the file. */
  readonly bitNumber: number;
  readonly question: 'all' | 'from an offset' | 'by time' | 'verify' | 'append';
  readonly answer: string;
  /** The last batch, with the base offset of an earlier one. */
  readonly isTwin: boolean;
}

/** `right`: all of them; `told`: the first of them, and an error; `short`: only the first of them. */
function judge({ records, error }: ReadResult, right: readonly string[]): string {
  const isPrefix = records.every((text, at) => text === right[at]);
  if (!isPrefix) return 'wrong';
  if (error !== undefined) return 'told';
  return records.length === right.length ? 'right' : 'short';
}

/** What is asked of each copy. What no codec has a part in is asked of plain batches alone. */
interface Questions {
  readonly fromOffsets: readonly number[];
  /** Indexes of batches whose time is looked up. */
  readonly byTimeOf: readonly number[];
  readonly isAppendedTo: boolean;
}

function questionsFor(codec: CompressionType, shape: LogShape): Questions {
  const isPlain = codec === 'none';
  return {
    fromOffsets: isPlain ? [0, 1, 2, 3, 4, 5, 6, 7] : [],
    byTimeOf: isPlain ? [0, LAST_BATCH] : [],
    isAppendedTo: isPlain || shape === 'active',
  };
}

async function lookAt(
  fs: MemoryFileSystem,
  { records, baseOffsets }: SmallLog,
  { fromOffsets, byTimeOf, isAppendedTo }: Questions,
  note: (question: Outcome['question'], answer: string) => void,
): Promise<void> {
  note('all', judge(consumedFrom(fs, { kind: 'start' }), records));
  for (const offset of fromOffsets) {
    note('from an offset', judge(recordsFrom(fs, offset), records.slice(offset)));
  }
  for (const at of byTimeOf) {
    const found = offsetAtTime(fs, START_MS + 10 * at);
    note('by time', isCoreError(found) ? 'told' : found === baseOffsets[at] ? 'right' : 'wrong');
  }
  const { findings } = verified(fs);
  const isDamage = findings.some(({ kind }) => kind === 'damage');
  note('verify', isDamage ? 'damage' : findings.length > 0 ? 'note' : 'nothing');
  if (!isAppendedTo) return;
  const offset = await appendedTo(fs);
  if (isCoreError(offset)) note('append', 'refused');
  else note('append', offset < records.length ? 'again' : 'goes on');
}

async function outcomesOf(log: SmallLog, questions: Questions): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const bytes = contentOf(log.fs, LOG);
  for (const { fs, position, bit } of flipsOf(log.fs, LOG)) {
    const place = fieldAt(bytes, position);
    const found = contentOf(fs, LOG).readBigInt64BE(place.position);
    const isTwin =
      isBaseOffset(place) &&
      place.index === LAST_BATCH &&
      log.baseOffsets.slice(0, LAST_BATCH).some((baseOffset) => BigInt(baseOffset) === found);
    await lookAt(fs, log, questions, (question, answer) => {
      outcomes.push({ place, bitNumber: 8 * position + bit, question, answer, isTwin });
    });
  }
  printFigure(`${bytes.length * 8} bits flipped, ${outcomes.length} questions asked`);
  return outcomes;
}

/** What the answers to the questions may be, where nobody may be left untold. */
const ALLOWED: Readonly<Record<Outcome['question'], readonly string[]>> = {
  all: ['told'],
  // Where the index leads past the damage, it is not met.
  'from an offset': ['told', 'right'],
  'by time': ['told', 'right'],
  verify: ['damage'],
  append: ['refused', 'goes on'],
};

/** The epoch is stamped without a new checksum, and read by nobody but a verification. */
const ALLOWED_IN_EPOCH: typeof ALLOWED = {
  all: ['right'],
  'from an offset': ['right'],
  'by time': ['right'],
  // Its highest bit makes an epoch that cannot be.
  verify: ['note', 'damage'],
  append: ['goes on'],
};

/** What was never acknowledged, at the very end, is an append that died: not there, and cut. */
const ALLOWED_AT_UNSYNCED_END: typeof ALLOWED = {
  all: ['short', 'told'],
  'from an offset': ['short', 'told', 'right'],
  'by time': ['wrong', 'told', 'right'],
  verify: ['note', 'damage'],
  append: ['again', 'refused', 'goes on'],
};

/** It passes for a batch of a writer that had lost its lock: not acknowledged, so passed over. */
const ALLOWED_FOR_TWIN: typeof ALLOWED = {
  all: ['short'],
  'from an offset': ['short', 'right'],
  'by time': ['wrong', 'right'],
  // The indexes may bear the batch out.
  verify: ['note', 'damage'],
  append: ['again'],
};

function allowedFor({ place, question, isTwin }: Outcome, shape: LogShape): readonly string[] {
  if (place.field === 'partitionLeaderEpoch') return ALLOWED_IN_EPOCH[question];
  if (shape === 'active' && isTwin) return ALLOWED_FOR_TWIN[question];
  const isEnd = shape === 'unsynced' && place.index === LAST_BATCH;
  return (isEnd ? ALLOWED_AT_UNSYNCED_END : ALLOWED)[question];
}

function isBaseOffset({ field }: BatchPlace): boolean {
  return field === 'baseOffset';
}

describe.each(CASES)('any flipped bit of a log of %s batches, %s', (codec, shape) => {
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    outcomes = await outcomesOf(await smallLog(codec, shape), questionsFor(codec, shape));
  });

  /** What must not be, and how many bits do it. */
  function untold(isWanted: (outcome: Outcome) => boolean): string[] {
    const bits = new Map<string, Set<number>>();
    for (const outcome of outcomes) {
      const { place, bitNumber, question, answer } = outcome;
      if (!isWanted(outcome) || allowedFor(outcome, shape).includes(answer)) continue;
      const what = `${place.field} of batch ${place.index}, ${question}: ${answer}`;
      bits.set(what, (bits.get(what) ?? new Set()).add(bitNumber));
    }
    return [...bits].map(([what, { size }]) => `${what} (bits: ${size})`);
  }

  test('is noticed by who reads, verifies and appends', () => {
    expect(untold(({ place, question }) => !isBaseOffset(place) && question !== 'by time')).toEqual(
      [],
    );
  });

  test('is noticed by a lookup by time', () => {
    expect(untold(({ place, question }) => !isBaseOffset(place) && question === 'by time')).toEqual(
      [],
    );
  });

  test('that is in a base offset is noticed too', () => {
    expect(untold(({ place }) => isBaseOffset(place))).toEqual([]);
  });

  test('that no reader notices is in a leader epoch, and all of those are such', () => {
    const bitsOf = (found: readonly Outcome[]): Set<number> =>
      new Set(found.map(({ bitNumber }) => bitNumber));
    const unnoticed = outcomes.filter(
      ({ question, answer }) => question === 'all' && answer === 'right',
    );
    const inEpochs = outcomes.filter(({ place }) => place.field === 'partitionLeaderEpoch');
    expect(bitsOf(unnoticed)).toEqual(bitsOf(inEpochs));
  });
});
