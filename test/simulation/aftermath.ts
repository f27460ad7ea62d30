/** What must hold after an accident, and while ordinary commands go on after it. */
import { isDeepStrictEqual } from 'node:util';

import { expect } from '@jest/globals';

import type { MemoryMachine } from '../support/memory-machine.js';
import { sizeFrom } from '../support/slow-size.js';
import { type Told, contradictions, vanished } from './contradictions.js';
import type { Ledger } from './ledger.js';
import { recovery } from './recovery.js';
import { Stage } from './stage.js';
import { type Facets, type Survey, survey } from './survey.js';
import { type Choice, type Telling, allowedAt, tell } from './telling.js';

export interface Accident {
  readonly machine: MemoryMachine;
  readonly ledger: Ledger;
  readonly allowed: readonly Facets[];
  readonly wasPowerCut: boolean;
  /** There was a power cut before, and perhaps no writer since. */
  readonly isUnrecovered?: boolean;
  /** The disk refused a sync: a power cut takes what it should have covered (failed-sync.test.ts). */
  readonly hasLostBytes?: boolean;
}

export interface Aftermath {
  readonly telling: Telling;
  /** What may be found when the commands are stopped in that step. */
  readonly allowedAt: (step: number) => Promise<readonly Facets[]>;
}

/** Then not all of the commands go on after each accident, but others after the next. */
const HAS_FEW_SEEDS = sizeFrom('SPOOL_TEST_SEEDS', 6) < 100;

function seedsOf(turn: number): readonly number[] {
  if (HAS_FEW_SEEDS) return [turn % 2 === 0 ? 0 : 2 + turn];
  return [0, 2 + turn];
}

/** Checks what is there, lets the ordinary commands go on (the `turn`-th of them first), checks again. */
export async function goOn(
  { machine, ledger, allowed, wasPowerCut, ...accident }: Accident,
  turn: number,
  choose?: Choice,
): Promise<Aftermath> {
  const found = await survey(machine);
  settle(ledger, found, wasPowerCut);
  const isUnrecovered = wasPowerCut || accident.isUnrecovered === true;
  expectNone(found, { ledger, allowed, isUnrecovered });
  const commands = recovery(found, { turn, count: HAS_FEW_SEEDS ? 2 : 5 });
  const telling = await tell(new Stage(machine, ledger), commands, choose);
  const after = await survey(machine);
  expect(vanished(found, after)).toEqual([]);
  const isWritten = commands.some(({ name }) => name.startsWith('produce'));
  expectNone(after, {
    ledger,
    allowed: [after.facets],
    isUnrecovered: isUnrecovered && !isWritten,
  });
  // What was done since is safe, whatever those left who were stopped.
  const uncertain = allowed.map((each) => withChanges(each, found.facets, after.facets));
  for (const seed of accident.hasLostBytes ? [] : seedsOf(turn)) {
    const told = ledger.copy();
    told.forgiveUnsynced();
    const cut = await survey(machine.afterPowerCut(seed));
    const allowedNow = [after.facets, ...uncertain];
    expectNone(cut, { ledger: told, allowed: allowedNow, isUnrecovered: true });
  }
  return {
    telling,
    allowedAt: async (step) => {
      const states = await allowedAt(telling, step);
      const older = states.flatMap((state) =>
        allowed.map((each) => withChanges(each, found.facets, state)),
      );
      return [...states, ...older];
    },
  };
}

/** What the commands did not touch may be lost again: those who were stopped had not synced it. */
function withChanges(allowed: Facets, found: Facets, after: Facets): Facets {
  const names = new Set([allowed, found, after].flatMap((each) => [...each.keys()]));
  return new Map(
    [...names].map((name) => {
      const isUntouched = isDeepStrictEqual(found.get(name), after.get(name));
      return [name, (isUntouched ? allowed : after).get(name)];
    }),
  );
}

function expectNone(found: Survey, told: Told): void {
  expect(contradictions(found, told)).toEqual([]);
}

/** A power cut may take what nobody synced, and a deletion all of a topic; others take their offsets. */
function settle(ledger: Ledger, { topics, logs }: Survey, wasPowerCut: boolean): void {
  for (const topic of ['orders', 'returns']) if (!topics.includes(topic)) ledger.forget(topic);
  if (!wasPowerCut) return;
  for (const [place, { startOffset, records }] of logs) {
    ledger.forgive(place, (offset) => records[offset - startOffset]?.value);
  }
}

/** Where nobody reads the message, it says which accident it was. */
export async function named<T>(name: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    (error as Error).message = `${name}\n${(error as Error).message}`;
    throw error;
  }
}
