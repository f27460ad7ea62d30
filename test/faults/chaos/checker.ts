/**
 * What must be true of every history, whatever was killed, stopped or full meanwhile. Pure: a history
 * in, violations out; each invariant is one pass over it with maps. Named as Jepsen's Kafka workload
 * names them where it has them.
 *
 * Not here: compaction (the last value of each key survives) and transactions (all or none) do not
 * exist yet. That a batch is stored whole or not at all is seen as its records' order without holes.
 */
import { checkBounds, checkPrunes } from './check-bounds.js';
import { checkCommits, checkDeliveries } from './check-groups.js';
import { checkLiveness, checkStructure } from './check-ending.js';
import { checkEnds, checkReads } from './check-reads.js';
import {
  checkDuplicates,
  checkHoles,
  checkLostWrites,
  checkOffsets,
  checkProducerOrder,
  checkRealTime,
  checkUnknown,
} from './check-writes.js';
import type { Operation } from './history.js';
import { type Ledger, ledgerOf } from './ledger.js';

export interface Breach {
  readonly message: string;
  /** What it was seen in. */
  readonly operations: readonly Operation[];
}

export interface Violation extends Breach {
  readonly invariant: Invariant;
}

const INVARIANTS = {
  /** An acknowledged record is in the final read, unless a legal prune took it. */
  'lost-write': checkLostWrites,
  /** What failed is not there; what is unknown is there once or not at all. */
  unknown: checkUnknown,
  /** No payload at two offsets, in whatever was read. */
  duplicate: checkDuplicates,
  /** One offset, one payload: in all reads, of all processes, for ever. */
  'inconsistent-offsets': checkOffsets,
  /** The final read is dense from the start to the end of the log. */
  hole: checkHoles,
  /** What was acknowledged before another was sent has the smaller offset. */
  'real-time-order': checkRealTime,
  /** The records of one process stand in its order, none left out before a later one; a key in one place. */
  'producer-order': checkProducerOrder,
  /** What a reader got had been sent, whole; its offsets follow each other. */
  'read-validity': checkReads,
  /** The end of the log never goes back, and covers all that was acknowledged before. */
  'end-went-back': checkEnds,
  /** A group stands at its last confirmed commit or at an unknown one; never behind, never ahead. */
  commit: checkCommits,
  /** Nothing is given out again once it was known to be committed, or confirmed twice. */
  'given-again': checkDeliveries,
  /** The start of a log only grows. */
  'start-went-back': checkBounds,
  /** Only what a trim named or the policy may take goes. */
  prune: checkPrunes,
  /** Commands that nobody disturbed end as they should; all do once the last fault is over. */
  liveness: checkLiveness,
  /** verify is clean, no lock is held, nothing half-made is left. */
  structure: checkStructure,
} as const satisfies Record<string, (ledger: Ledger) => Iterable<Breach>>;

export type Invariant = keyof typeof INVARIANTS;

export const INVARIANT_NAMES = Object.keys(INVARIANTS) as readonly Invariant[];

/** More of one kind say nothing new. */
const MAX_OF_A_KIND = 5;

/** The first few breaches of each invariant. */
export function checkHistory(history: readonly Operation[]): Violation[] {
  const ledger = ledgerOf(history);
  const violations: Violation[] = [];
  for (const invariant of INVARIANT_NAMES) {
    let count = 0;
    for (const breach of INVARIANTS[invariant](ledger)) {
      if (count++ === MAX_OF_A_KIND) break;
      violations.push({ invariant, ...breach });
    }
  }
  return violations;
}

/** For a person: each violation, and the operations that it was seen in, shortened. */
export function describeViolations(violations: readonly Violation[]): string {
  return violations
    .map(({ invariant, message, operations }) =>
      [`${invariant}: ${message}`, ...operations.map((one) => `  ${shorten(one)}`)].join('\n'),
    )
    .join('\n');
}

function shorten(operation: Operation): string {
  const text = JSON.stringify(operation).replaceAll(/x{9,}/g, 'xx…');
  return text.length <= 400 ? text : `${text.slice(0, 300)} … ${text.slice(-90)}`;
}
