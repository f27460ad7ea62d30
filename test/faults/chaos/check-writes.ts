/** Invariants of what was sent: kept, once, where it was acknowledged, in order. */
import type { Breach } from './checker.js';
import { type Entry, type Produce, placeName } from './history.js';
import type { Ledger, PlaceLedger } from './ledger.js';

export function* checkLostWrites({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    const found = new Map<number, string>(ledger.finalEntries);
    for (const produce of ledger.produces) {
      if (produce.result.kind !== 'acknowledged') continue;
      const { offset } = produce.result;
      if (offset < ledger.legalStart || found.get(offset) === produce.args.payload) continue;
      yield {
        message: `${placeName(ledger.place)} offset ${offset} was acknowledged, and holds ${short(found.get(offset))}`,
        operations: [produce],
      };
    }
  }
}

export function* checkUnknown({ places, byPayload }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    const timesFound = new Map<Produce, number>();
    for (const [offset, payload] of ledger.finalEntries) {
      const produce = byPayload.get(payload);
      if (produce === undefined || produce.result.kind === 'acknowledged') continue;
      const times = (timesFound.get(produce) ?? 0) + 1;
      timesFound.set(produce, times);
      const isFailed = produce.result.kind === 'failed';
      if (!isFailed && times === 1) continue;
      yield {
        message: isFailed
          ? `${placeName(ledger.place)} offset ${offset} holds what was refused`
          : `${placeName(ledger.place)} holds a record ${times} times of which nothing is known`,
        operations: [produce],
      };
    }
  }
}

export function* checkDuplicates({ places, byPayload }: Ledger): Iterable<Breach> {
  // Over all places: a payload was sent to one.
  const seen = new Map<string, string>();
  for (const ledger of places) {
    for (const read of ledger.reads()) {
      for (const [offset, payload] of read.result.records) {
        const where = `${placeName(ledger.place)} offset ${offset}`;
        const before = seen.get(payload);
        seen.set(payload, where);
        if (before === undefined || before === where) continue;
        const produce = byPayload.get(payload);
        yield {
          message: `${short(payload)} was read at ${before} and at ${where}`,
          operations: produce === undefined ? [read] : [produce, read],
        };
      }
    }
  }
}

export function* checkOffsets({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    const known = new Map<number, readonly [string, Breach['operations'][number]]>();
    const claims = function* (): Iterable<readonly [Entry, Breach['operations'][number]]> {
      for (const produce of ledger.produces) {
        if (produce.result.kind !== 'acknowledged') continue;
        yield [[produce.result.offset, produce.args.payload], produce];
      }
      for (const read of ledger.reads())
        for (const entry of read.result.records) yield [entry, read];
    };
    for (const [[offset, payload], operation] of claims()) {
      const before = known.get(offset);
      if (before === undefined) known.set(offset, [payload, operation]);
      else if (before[0] !== payload) {
        yield {
          message: `${placeName(ledger.place)} offset ${offset} is ${short(before[0])} and ${short(payload)}`,
          operations: [before[1], operation],
        };
      }
    }
  }
}

export function* checkHoles({ places }: Ledger): Iterable<Breach> {
  for (const { place, finalRead, finalBounds } of places) {
    if (finalRead === undefined || finalBounds === undefined) continue;
    const { startOffset, endOffset } = finalBounds.result;
    let expected = startOffset;
    for (const [offset] of finalRead.result.records) {
      if (offset !== expected) {
        yield {
          message: `${placeName(place)}: ${offset} follows where ${expected} should`,
          operations: [finalBounds],
        };
      }
      expected = offset + 1;
    }
    if (expected === endOffset) continue;
    yield {
      message: `${placeName(place)} was read up to ${expected}, its end is ${endOffset}`,
      operations: [finalBounds],
    };
  }
}

/** Up the offsets: nothing may have been acknowledged before any record below it was even sent. */
export function* checkRealTime({ places, byPayload }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    let lastSent: Produce | undefined;
    for (const [, payload] of ledger.finalEntries) {
      const produce = byPayload.get(payload);
      if (produce === undefined) continue;
      const isAcknowledged = produce.result.kind === 'acknowledged';
      if (lastSent !== undefined && isAcknowledged && produce.returnedNs < lastSent.invokedNs) {
        yield {
          message: `${placeName(ledger.place)}: the second was acknowledged before the first, below it, was sent`,
          operations: [lastSent, produce],
        };
      }
      if (lastSent === undefined || produce.invokedNs > lastSent.invokedNs) lastSent = produce;
    }
  }
}

export function* checkProducerOrder({ places, byPayload }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    const sent = numberWithin(ledger.produces);
    const next = new Map<string, number>();
    for (const [offset, payload] of ledger.finalEntries) {
      const produce = byPayload.get(payload);
      if (produce === undefined) continue;
      const where = `${placeName(ledger.place)} offset ${offset}`;
      const number = sent.get(produce);
      if (number === undefined) {
        yield {
          message: `${where} holds a record of ${placeName(produce.args)}: its key belongs there`,
          operations: [produce],
        };
        continue;
      }
      const expected = next.get(produce.proc) ?? firstOf(ledger, number);
      if (number !== expected) {
        yield {
          message: `${where} holds record ${number} of ${produce.proc}, where its ${expected} should come first`,
          operations: [produce],
        };
      }
      next.set(produce.proc, number + 1);
    }
  }
}

/** What was first kept of a process: its first record, but where the log does not begin at 0 any more. */
function firstOf({ startOffset }: PlaceLedger, number: number): number {
  return startOffset === 0 ? 0 : number;
}

/** The how-manieth record of its process in this partition each one is. */
function numberWithin(produces: readonly Produce[]): Map<Produce, number> {
  const counts = new Map<string, number>();
  const numbers = new Map<Produce, number>();
  const inOrder = produces.toSorted((left, right) => left.invokedNs - right.invokedNs);
  for (const produce of inOrder) {
    const number = counts.get(produce.proc) ?? 0;
    numbers.set(produce, number);
    counts.set(produce.proc, number + 1);
  }
  return numbers;
}

export function short(payload: string | undefined): string {
  if (payload === undefined) return 'nothing';
  return payload.length <= 40 ? payload : `${payload.slice(0, 24)}…${payload.slice(-9)}`;
}
