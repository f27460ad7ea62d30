/** Invariants of groups whose positions nobody moves by hand. */
import type { Breach } from './checker.js';
import { type Delivery, placeName, type Position } from './history.js';
import type { GroupLedger, Ledger, PlaceLedger } from './ledger.js';

export function* checkCommits({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    for (const group of ledger.groups.values()) {
      yield* checkNeverBehind(ledger, group);
      yield* checkNeverAhead(ledger, group);
    }
  }
}

/** A position that was known at `atNs`. */
interface Known {
  readonly atNs: number;
  readonly offset: number;
  readonly operation: Position | Delivery;
}

function knownPositions({ deliveries, positions }: GroupLedger): Known[] {
  const known: Known[] = positions.map((operation) => ({
    atNs: operation.returnedNs,
    offset: operation.result.committedOffset,
    operation,
  }));
  for (const operation of deliveries) {
    const last = operation.result.records.at(-1)?.[0];
    if (operation.result.kind !== 'confirmed' || last === undefined) continue;
    known.push({ atNs: operation.returnedNs, offset: last + 1, operation });
  }
  return known.sort((left, right) => left.atNs - right.atNs);
}

/** For each of `operations`, as they began: the highest position that was known before. */
function* withKnown<T extends Position | Delivery>(
  operations: readonly T[],
  group: GroupLedger,
): Iterable<readonly [T, Known | undefined]> {
  const known = knownPositions(group);
  let at = 0;
  let highest: Known | undefined;
  for (const operation of operations.toSorted((left, right) => left.invokedNs - right.invokedNs)) {
    for (; at < known.length && known[at]!.atNs < operation.invokedNs; at++) {
      if (highest === undefined || known[at]!.offset > highest.offset) highest = known[at];
    }
    yield [operation, highest];
  }
}

function* checkNeverBehind(ledger: PlaceLedger, group: GroupLedger): Iterable<Breach> {
  for (const [position, known] of withKnown(group.positions, group)) {
    const { committedOffset } = position.result;
    if (known === undefined || committedOffset >= known.offset) continue;
    yield {
      message: `${group.name} stood at ${placeName(ledger.place)} ${known.offset}, and later at ${committedOffset}`,
      operations: [known.operation, position],
    };
  }
}

/** All before a position was given out by a run that did not fail, or is not kept any more. */
function* checkNeverAhead(ledger: PlaceLedger, group: GroupLedger): Iterable<Breach> {
  const given = new Set<number>();
  const deliveries = group.deliveries
    .filter(({ result }) => result.kind !== 'failed')
    .sort((left, right) => left.invokedNs - right.invokedNs);
  const positions = group.positions.toSorted((left, right) => left.returnedNs - right.returnedNs);
  let at = 0;
  let covered = ledger.legalStart;
  for (const position of positions) {
    for (; at < deliveries.length && deliveries[at]!.invokedNs < position.returnedNs; at++) {
      for (const [offset] of deliveries[at]!.result.records) given.add(offset);
    }
    while (given.has(covered)) covered++;
    const { committedOffset } = position.result;
    if (committedOffset <= covered) continue;
    yield {
      message: `${group.name} stands at ${placeName(ledger.place)} ${committedOffset}, and ${covered} was never given out`,
      operations: [position],
    };
  }
}

export function* checkDeliveries({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    for (const group of ledger.groups.values()) {
      for (const [delivery, known] of withKnown(group.deliveries, group)) {
        const first = delivery.result.records[0]?.[0];
        if (known === undefined || first === undefined || first >= known.offset) continue;
        yield {
          message: `${group.name} was given ${placeName(ledger.place)} ${first} after it had committed ${known.offset}`,
          operations: [known.operation, delivery],
        };
      }
      yield* checkConfirmedOnce(ledger, group);
    }
  }
}

function* checkConfirmedOnce(ledger: PlaceLedger, group: GroupLedger): Iterable<Breach> {
  const confirmedBy = new Map<number, Delivery>();
  for (const delivery of group.deliveries) {
    if (delivery.result.kind !== 'confirmed') continue;
    const twice = delivery.result.records.find(([offset]) => confirmedBy.has(offset));
    for (const [offset] of delivery.result.records) confirmedBy.set(offset, delivery);
    if (twice === undefined) continue;
    yield {
      message: `${group.name} confirmed ${placeName(ledger.place)} ${twice[0]} twice`,
      operations: [delivery],
    };
  }
}
