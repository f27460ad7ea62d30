/**
 * Tells a story on a machine, and cuts it off before each change to the disk and half-way through each
 * write: what is on the disk then goes on on machines of its own.
 */
import type { MemoryMachine } from '../support/memory-machine.js';
import type { Ledger } from './ledger.js';
import type { Step } from './stories.js';
import type { Stage } from './stage.js';
import { type Facets, survey } from './survey.js';

export interface Cut {
  readonly name: string;
  readonly machine: MemoryMachine;
  readonly ledger: Ledger;
  /** Of the step that was interrupted; the number of steps if the story was over. */
  readonly step: number;
  readonly wasPowerCut: boolean;
}

/** In the place of a change: a command has come back. */
export const DONE = 'the next command';

/** What to look at before the change `at`, which is `change`: a kill, and power cuts with these seeds. */
export type Choice = (
  at: number,
  change: string,
) => {
  readonly isKilled: boolean;
  readonly seeds: readonly number[];
};

export interface Telling {
  readonly cuts: readonly Cut[];
  /** The machine by the number of steps done, the end included. */
  readonly stands: readonly MemoryMachine[];
  /** How many places there were to cut at. */
  readonly places: number;
}

export async function tell(
  stage: Stage,
  steps: readonly Step[],
  choose: Choice | undefined,
): Promise<Telling> {
  const { machine, ledger } = stage;
  const cuts: Cut[] = [];
  const stands: MemoryMachine[] = [];
  const seen = new Set<string>();
  let places = 0;
  const cutAt = (choice: ReturnType<Choice>, change: string): void => {
    const step = stands.length - 1;
    const where = `at ${places}, in "${steps[step]?.name ?? 'the end'}", before ${change}`;
    const keep = (clone: MemoryMachine, how: string, wasPowerCut: boolean): void => {
      const mark = `${step} ${ledger.mark} ${wasPowerCut} ${clone.fs.fingerprint()}`;
      if (seen.has(mark)) return;
      seen.add(mark);
      cuts.push({
        name: `${how} ${where}`,
        machine: clone,
        ledger: ledger.copy(),
        step,
        wasPowerCut,
      });
    };
    if (choice.isKilled) keep(machine.afterKill(), 'killed', false);
    for (const seed of choice.seeds) {
      keep(machine.afterPowerCut(seed), `power cut with seed ${seed}`, true);
    }
  };
  const watch = choose && ((change: string) => cutAt(choose(places++, change), change));
  const stand = (): void => {
    if (choose !== undefined) stands.push(machine.afterKill());
  };
  stand();
  for (const { run } of steps) {
    machine.fs.watch(watch);
    await run(stage);
    machine.fs.watch(undefined);
    stand();
    watch?.(DONE);
  }
  return { cuts, stands, places };
}

/** What may be found before and after the step that a cut interrupted. */
export async function allowedAt({ stands }: Telling, step: number): Promise<[Facets, Facets]> {
  const before = await facetsOf(stands[step]!);
  const after = stands[step + 1];
  return [before, after === undefined ? before : await facetsOf(after)];
}

const known = new WeakMap<MemoryMachine, Facets>();

async function facetsOf(machine: MemoryMachine): Promise<Facets> {
  const facets = known.get(machine) ?? (await survey(machine)).facets;
  known.set(machine, facets);
  return facets;
}
