/**
 * One command, struck by one fault after the other: each time in a fresh copy of the same data directory,
 * each time looked at from outside. SPOOL_SWEEP=all: every call and every error, not a choice of them.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { availableParallelism } from 'node:os';
import { printFigure } from '../../support/slow-size.js';
import { ALL, KINDS, USUAL_SIZES, planFaults } from './fault-plan.js';
import { Scene } from './scene.js';
import { type SeenAim, aimsOf } from './aim.js';
import { type SystemCall, parseTrace } from './system-call.js';
import { type Fault, type TracedRun, strikeProgram, traceProgram } from './traced-program.js';

const SIZES = process.env['SPOOL_SWEEP'] === 'all' ? ALL : USUAL_SIZES;

/** A fault that does not strike where it was aimed at is aimed once more: a machine under load. */
const AIMS = 2;

export interface Struck {
  readonly scene: Scene;
  readonly run: TracedRun;
  /** It was killed; else it came to its end, well or not. */
  readonly isKilled: boolean;
  /** It says that all was done. */
  readonly isDone: boolean;
}

export interface SweptCommand {
  readonly words: readonly string[];
  /** It runs another program. */
  readonly hasChild?: boolean;
  /** It has something to say on standard error though all is well. */
  readonly isTalkative?: boolean;
  /** Its exit codes when it fails; 1 if nothing is said. */
  readonly failureCodes?: readonly number[];
  /** Makes the data directory that every run begins with. */
  readonly prepare?: (scene: Scene) => Promise<void>;
  /** Throws if what is left is not what must be. Without a fault, too. */
  readonly check: (struck: Struck) => Promise<void>;
}

export function sweep(name: string, command: SweptCommand): void {
  describe(name, () => {
    const template = new Scene();
    let aims: readonly SeenAim[] = [];

    beforeAll(async () => {
      await command.prepare?.(template);
      aims = await findAims(template, command);
    });
    afterAll(() => {
      template.remove();
    });

    test.each(KINDS)('is %s', async (kind) => {
      const faults = planFaults(aims, kind, SIZES);
      const { problems, missed } = await strikeAll({ template, command }, faults);
      const struckCount = faults.length - missed.length;
      printFigure(`${name}, ${kind}: ${struckCount} of ${faults.length} ${missed.join(', ')}`);
      expect(problems).toEqual([]);
      expect(missed.length).toBeLessThanOrEqual(faults.length / 20);
    });
  });
}

async function findAims(template: Scene, command: SweptCommand): Promise<SeenAim[]> {
  const scene = new Scene(template.dataDir);
  try {
    const run = await traceProgram(scene, command);
    expect(run).toMatchObject(command.isTalkative === true ? { code: 0 } : { code: 0, err: '' });
    await command.check({ scene, run, isKilled: false, isDone: true });
    return aimsOf(parseTrace(run.trace), scene.root);
  } finally {
    scene.remove();
  }
}

interface Swept {
  readonly template: Scene;
  readonly command: SweptCommand;
}

async function strikeAll(
  swept: Swept,
  faults: readonly Fault[],
): Promise<{ readonly problems: readonly string[]; readonly missed: readonly string[] }> {
  const problems: string[] = [];
  const missed: string[] = [];
  const queue = [...faults];
  const work = async (): Promise<void> => {
    for (let fault = queue.shift(); fault !== undefined; fault = queue.shift()) {
      try {
        if (!(await strikeOne(swept, fault))) missed.push(textOf(fault));
      } catch (error) {
        problems.push(`${textOf(fault)}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), 4) }, work));
  return { problems, missed };
}

/** False if the fault has not struck, however often it was aimed. */
async function strikeOne({ template, command }: Swept, fault: Fault): Promise<boolean> {
  for (let left = AIMS; left > 0; left--) {
    const scene = new Scene(template.dataDir);
    try {
      const run = await strikeProgram(scene, command, fault);
      if (run.hit === undefined) continue;
      await checkStruck(command, fault, { scene, run, hit: run.hit });
      return true;
    } finally {
      scene.remove();
    }
  }
  return false;
}

interface Hit {
  readonly scene: Scene;
  readonly run: TracedRun;
  readonly hit: SystemCall;
}

async function checkStruck(
  command: SweptCommand,
  { effect }: Fault,
  { scene, run, hit }: Hit,
): Promise<void> {
  const isKilled = effect === 'KILL';
  try {
    if (isKilled) expect(run.code).toBeNull();
    else checkFailed(command, { scene, run, hit });
    if (isKilled && command.isTalkative !== true) expect(run.err).toBe('');
    if (effect === 'EINTR') expect(run.code).toBe(0);
    await command.check({ scene, run, isKilled, isDone: run.code === 0 });
  } catch (error) {
    const at = hit.text.replaceAll(scene.root, '').slice(0, 120);
    throw new Error(`at ${hit.name}(${at}\n${String(error)}\n${run.out}${run.err}`);
  }
}

function textOf({ aim, effect, isLasting = false }: Fault): string {
  return `${effect} at ${aim.name} ${aim.path} ${aim.ordinal}${isLasting ? ' and after' : ''}`;
}

/** Whatever went wrong with the disk: an error in words that names the file, or nothing to speak of. */
function checkFailed({ failureCodes = [1] }: SweptCommand, { scene, run, hit }: Hit): void {
  const { code, err } = run;
  if (code === 0) return;
  expect(failureCodes).toContain(code);
  expect(err).toMatch(/^error: /);
  expect(err).not.toMatch(/\n\s+at |bug|undefined|\[object/);
  expect(err).toContain(hit.text.includes(scene.outPath) ? 'output' : scene.root);
  expect(err.split('\n').length).toBeLessThanOrEqual(5);
}
