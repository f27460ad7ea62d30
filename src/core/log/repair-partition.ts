/**
 * A repair from end to end: a plan without a lock, to be shown; then, under the lock, the plan made once
 * more, for others may have written meanwhile, and carried out. More than was shown is never lost.
 */
import { CoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { LockWait } from './log-lock.js';
import { LogView } from './log-view.js';
import {
  type ControlCondition,
  examineControl,
  repairControl,
  stateFromSegments,
} from './repair-control.js';
import { LogRepair, type LogRepairOptions } from './repair-log.js';
import { isWithin } from './repair-losses.js';
import type { LogRepairPlan, RepairAction, RepairPlan } from './repair-plan.js';
import { surveyLog } from './repair-survey.js';
import type { Finding } from './verify-finding.js';

const NOTHING: Omit<LogRepairPlan, 'irreparable'> = {
  actions: [],
  losses: [],
  hasLeftovers: false,
  rewrites: [],
  cut: undefined,
  newBaseOffset: undefined,
  sealedBaseOffset: undefined,
  staleIndexes: [],
  activeBaseOffset: undefined,
  leaderEpochs: undefined,
};

/**
 * What would be done, as far as can be seen without the lock; nothing is written. `findings` are those of
 * a verification. Yields bytes that were read. FILE_NOT_FOUND if the partition's folder is gone.
 */
export function* planRepair(
  env: Environment,
  options: LogRepairOptions,
  findings: readonly Finding[],
): Generator<number, LogRepairPlan> {
  const { directory, controlPath } = options.location;
  const condition = examineControl(env, controlPath);
  if (condition.kind === 'irreparable') {
    return { ...NOTHING, irreparable: [{ file: controlPath, reason: condition.reason }] };
  }
  const hasState = 'state' in condition;
  const control = hasState ? condition.state : stateFromSegments(env, directory);
  if (control === undefined) {
    const reason = 'neither a segment nor a control file: nothing tells where the log ended';
    return { ...NOTHING, irreparable: [{ file: directory, reason }] };
  }
  const { allowGaps } = options;
  const view = new LogView(env, options.location, { allowGaps });
  const plan = yield* surveyLog({ view, control, isControlSound: hasState, findings });
  return { ...plan, actions: [...controlActions(condition, controlPath), ...plan.actions] };
}

function controlActions({ kind }: ControlCondition, file: string): RepairAction[] {
  if (kind === 'sound' || kind === 'irreparable') return [];
  const text =
    kind === 'wrong-size'
      ? 'brought to its right size'
      : 'made anew; what was trimmed and is still in a segment can be read again';
  return [{ kind: 'write-control-file', file, text }];
}

export interface RepairRun {
  readonly findings: readonly Finding[];
  /** What somebody has agreed to. */
  readonly shown: RepairPlan;
  readonly wait: LockWait;
  /** Called often, with bytes that were read or written; gives others their turn. */
  readonly pause: (bytes: number) => Promise<void>;
}

export interface RepairResult {
  /** What was done. */
  readonly plan: RepairPlan;
  readonly keptAside: readonly string[];
}

/**
 * CONFIRMATION_REQUIRED, and nothing is changed, if more is lost than was shown. BUSY if the lock is not
 * had. On any other error the log is as before or half-way, and whole either way.
 */
export async function applyRepair(
  env: Environment,
  options: LogRepairOptions,
  run: RepairRun,
): Promise<RepairResult> {
  const { location, nonce } = options;
  options.checkStillOurs();
  await repairControl(env, { location, nonce, wait: run.wait });
  const repair = new LogRepair(env, options);
  try {
    await repair.begin(run.wait);
    const plan = await finish(planRepair(env, options, run.findings), run.pause);
    if (!isWithin(plan.losses, run.shown.losses)) throw moreThanShown(location.directory);
    await finish(repair.apply(plan), run.pause);
    return { plan, keptAside: repair.keptAside };
  } finally {
    repair.end();
  }
}

async function finish<T>(
  steps: Generator<number, T>,
  pause: (bytes: number) => Promise<void>,
): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    try {
      await pause(step.value);
    } catch (error) {
      // A stop: what is half-made is taken back before it is heard of.
      steps.throw(error);
      throw error;
    }
  }
}

/** What there is to be repaired grew between the question and the answer. */
function moreThanShown(directory: string): CoreError {
  return new CoreError(
    'CONFIRMATION_REQUIRED',
    `${directory}: more is lost than was shown; nothing was changed`,
    { details: { path: directory }, suggestion: 'run the command again to see it' },
  );
}
