/**
 * What users were told: which records they tried to store, and which they were told are stored, where.
 * Kept outside of what is tested, and never asked of it.
 */
import { expect } from '@jest/globals';

export interface AcknowledgedRecord {
  readonly value: string;
  /** False where nobody asked for a sync: a kill spares it, a power cut may take it. */
  readonly isSynced: boolean;
}

/** One partition's. */
export interface LogLedger {
  /** In the order in which they were tried; a batch is stored whole or not at all. */
  readonly batches: readonly (readonly string[])[];
  readonly acknowledged: ReadonlyMap<number, AcknowledgedRecord>;
}

const NOTHING: LogLedger = { batches: [], acknowledged: new Map() };

export class Ledger {
  #batchCount = 0;
  readonly #logs = new Map<string, LogLedger>();

  /** Changes with every word that users are told. */
  get mark(): string {
    const told = [...this.#logs.values()].map(({ batches, acknowledged }) => [
      batches.length,
      acknowledged.size,
    ]);
    return JSON.stringify([this.#batchCount, told]);
  }

  /** Where something was acknowledged, as `topic:partition`. */
  get places(): readonly string[] {
    return [...this.#logs].filter(([, log]) => log.acknowledged.size > 0).map(([place]) => place);
  }

  log(place: string): LogLedger {
    return this.#logs.get(place) ?? NOTHING;
  }

  /** A batch of records of these sizes that was never seen before, about to be stored. */
  attempt(place: string, sizesBytes: readonly number[]): readonly string[] {
    const number = this.#batchCount++;
    const values = sizesBytes.map((size, at) => `b${number}.${at}:`.padEnd(size, 'v'));
    const log = this.log(place);
    this.#logs.set(place, { ...log, batches: [...log.batches, values] });
    return values;
  }

  acknowledge(
    place: string,
    firstOffset: number,
    values: readonly string[],
    isSynced: boolean,
  ): void {
    const log = this.log(place);
    const acknowledged = new Map(log.acknowledged);
    values.forEach((value, at) => {
      const offset = firstOffset + at;
      expect([place, offset, acknowledged.get(offset)]).toEqual([place, offset, undefined]);
      acknowledged.set(offset, { value, isSynced });
    });
    this.#logs.set(place, { ...log, acknowledged });
  }

  /** Before a power cut, where it is not to be asked what is left. */
  forgiveUnsynced(): void {
    for (const place of this.#logs.keys()) this.forgive(place, () => undefined);
  }

  /** After a power cut: what nobody synced and is not found any more was never promised. */
  forgive(place: string, found: (offset: number) => string | undefined): void {
    const log = this.log(place);
    const left = [...log.acknowledged].filter(
      ([offset, { value, isSynced }]) => isSynced || found(offset) === value,
    );
    this.#logs.set(place, { ...log, acknowledged: new Map(left) });
  }

  /** The topic was deleted, and its records with it. */
  forget(topic: string): void {
    for (const place of [...this.#logs.keys()]) {
      if (place.startsWith(`${topic}:`)) this.#logs.delete(place);
    }
  }

  /** As it stands now; what comes later is not added to it. */
  copy(): Ledger {
    const copy = new Ledger();
    copy.#batchCount = this.#batchCount;
    for (const [place, log] of this.#logs) copy.#logs.set(place, log);
    return copy;
  }
}
