/** Invariants of what readers got. */
import type { Breach } from './checker.js';
import { short } from './check-writes.js';
import { type Consume, type Delivery, type Operation, placeName } from './history.js';
import type { Ledger, PlaceLedger } from './ledger.js';
import { isWholePayload } from './payload.js';

export function* checkReads({ places, byPayload }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    for (const read of ledger.reads()) {
      yield* checkContiguous(ledger, read);
      for (const [offset, payload] of read.result.records) {
        const produce = byPayload.get(payload);
        const where = `${placeName(ledger.place)} offset ${offset}`;
        if (produce === undefined) {
          const what = isWholePayload(payload) ? 'nobody sent' : 'is torn or made up';
          yield { message: `${where}: ${short(payload)} ${what}`, operations: [read] };
        } else if (produce.invokedNs > read.returnedNs) {
          yield { message: `${where} was read before it was sent`, operations: [produce, read] };
        }
      }
    }
  }
}

function* checkContiguous(ledger: PlaceLedger, read: Consume | Delivery): Iterable<Breach> {
  let expected = firstExpected(ledger, read);
  for (const [offset] of read.result.records) {
    const isToldGap = read.result.toldGap && offset > expected!;
    if (offset !== expected && !isToldGap) {
      yield {
        message: `${placeName(ledger.place)}: a reader got ${offset} where ${expected} should come`,
        operations: [read],
      };
    }
    expected = offset + 1;
  }
}

/** Where nobody can know it, what came first is taken for it. */
function firstExpected(ledger: PlaceLedger, read: Consume | Delivery): number | undefined {
  if (read.op === 'consume') {
    if (read.args.from !== 'start') return read.args.from;
    if (ledger.legalStart === 0) return 0;
  }
  return read.result.records[0]?.[0];
}

/** Something showed, at `atNs`, that the log has all below `endOffset`; or claimed that it ends there. */
interface EndSeen {
  readonly atNs: number;
  readonly kind: 'shown' | 'claimed';
  readonly endOffset: number;
  readonly operation: Operation;
}

/** In the order of time: whoever looks must see all that others had seen before the look began. */
export function* checkEnds({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    let highest: EndSeen | undefined;
    const inOrder = [...endsSeen(ledger)].sort((left, right) => left.atNs - right.atNs);
    for (const seen of inOrder) {
      if (seen.kind === 'shown') {
        if (highest === undefined || seen.endOffset > highest.endOffset) highest = seen;
      } else if (highest !== undefined && seen.endOffset < highest.endOffset) {
        yield {
          message: `${placeName(ledger.place)} ended at ${highest.endOffset}, and later at ${seen.endOffset}`,
          operations: [highest.operation, seen.operation],
        };
      }
    }
  }
}

function* endsSeen(ledger: PlaceLedger): Iterable<EndSeen> {
  for (const operation of ledger.produces) {
    if (operation.result.kind !== 'acknowledged') continue;
    const endOffset = operation.result.offset + 1;
    yield { atNs: operation.returnedNs, kind: 'shown', endOffset, operation };
  }
  for (const operation of ledger.reads()) {
    const last = operation.result.records.at(-1)?.[0];
    const endOffset = (last ?? -1) + 1;
    yield { atNs: operation.returnedNs, kind: 'shown', endOffset, operation };
    if (operation.op !== 'consume' || !operation.result.isWhole) continue;
    // Who got nothing from an offset on may have begun past the end.
    if (last === undefined && operation.args.from !== 'start') continue;
    // All of it may have been pruned.
    if (last === undefined && ledger.legalStart > 0) continue;
    yield { atNs: operation.invokedNs, kind: 'claimed', endOffset, operation };
  }
  for (const operation of ledger.bounds) {
    const { endOffset } = operation.result;
    yield { atNs: operation.returnedNs, kind: 'shown', endOffset, operation };
    yield { atNs: operation.invokedNs, kind: 'claimed', endOffset, operation };
  }
}
