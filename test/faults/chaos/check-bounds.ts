/** Invariants of retention: what a log lets go of. */
import type { Breach } from './checker.js';
import { type Bounds, placeName } from './history.js';
import type { Ledger } from './ledger.js';

export function* checkBounds({ places }: Ledger): Iterable<Breach> {
  for (const { place, bounds } of places) {
    const known = bounds.toSorted((left, right) => left.returnedNs - right.returnedNs);
    let highest: Bounds | undefined;
    let at = 0;
    for (const look of bounds.toSorted((left, right) => left.invokedNs - right.invokedNs)) {
      for (; at < known.length && known[at]!.returnedNs < look.invokedNs; at++) {
        const isHigher = known[at]!.result.startOffset > (highest?.result.startOffset ?? -1);
        if (isHigher) highest = known[at];
      }
      if (highest === undefined || look.result.startOffset >= highest.result.startOffset) continue;
      yield {
        message: `${placeName(place)} began at ${highest.result.startOffset}, and later at ${look.result.startOffset}`,
        operations: [highest, look],
      };
    }
  }
}

/**
 * Nothing goes that no trim named, but by the policy; and that leaves retention.bytes: a log only grows
 * between one prune and the next.
 */
export function* checkPrunes({ places }: Ledger): Iterable<Breach> {
  for (const ledger of places) {
    const { place, retentionBytes } = ledger;
    for (const look of ledger.bounds) {
      const { startOffset, endOffset, logBytes } = look.result;
      if (startOffset > endOffset) {
        yield { message: `${placeName(place)} begins past its end`, operations: [look] };
      }
      if (startOffset <= ledger.trimmedBefore(look.returnedNs)) continue;
      if (retentionBytes !== null && logBytes >= retentionBytes) continue;
      const why =
        retentionBytes === null
          ? 'nothing may go but what is trimmed'
          : `${retentionBytes} bytes are to be kept, and ${logBytes} are there`;
      yield { message: `${placeName(place)} begins at ${startOffset}: ${why}`, operations: [look] };
    }
  }
}
