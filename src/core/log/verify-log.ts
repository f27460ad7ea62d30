/**
 * Verifies one partition without a lock, a write, or a promise from others to hold still: writers may
 * append, roll and prune meanwhile. What is verified is the log as it stood at the beginning; what comes
 * later is not run after.
 *
 * Two things keep a change that is under way from being taken for damage. The state that promises
 * something is read before what it promises. And whatever looks wrong is looked at again a moment
 * later: only what is found twice, in the same place and for the same reason, is reported.
 */
import { isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import {
  LOG_SUFFIX,
  isKeptAside,
  parseSegmentFileName,
  segmentPath,
} from '../segment/file-names.js';
import { planLeftovers } from '../segment/leftovers.js';
import type { ControlState } from './control-file.js';
import type { LeaderEpochEntry } from './leader-epoch-checkpoint.js';
import { knownLoss } from './log-gap.js';
import type { LogLocation } from './log-location.js';
import { LogView } from './log-view.js';
import type { OffsetRange } from './offset-range.js';
import { isControlDamage, verifyControl } from './verify-control.js';
import { FileFindings, type Finding, confirmedBy } from './verify-finding.js';
import { readLeaderEpochs } from './verify-leader-epochs.js';
import { type SegmentQuestion, type SegmentVerification, verifySegment } from './verify-segment.js';

export interface LogVerification {
  readonly segments: number;
  readonly batches: number;
  readonly records: number;
  /** Of the `.log` files. */
  readonly sizeBytes: number;
  readonly findings: readonly Finding[];
}

export interface VerifyStep {
  /** Bytes of `.log` files that were verified since the step before. */
  readonly verifiedBytes: number;
  /** How long to wait before the next step: something is being looked at twice. */
  readonly pauseMs: number;
}

/** Far longer than a writer takes from one consistent state to the next. */
const SECOND_LOOK_MS = 50;
/** Where a writer is busy enough to show something else each time, the last two looks decide. */
const LOOKS_MAX = 4;

type Steps<T> = Generator<VerifyStep, T>;

/** Yields now and then, so that others get their turn. FILE_NOT_FOUND if the partition's folder is gone. */
export function* verifyLog(
  env: Pick<Environment, 'fs' | 'bootId'>,
  location: Pick<LogLocation, 'directory' | 'controlPath'>,
  options: { readonly allowGaps: boolean },
): Steps<LogVerification> {
  const view = new UndauntedView(env, location, options);
  const { control, findings: ofControl } = yield* lookTwice(() => verifyControl(view), hasDamage);
  const epochs = yield* lookTwice(() => readLeaderEpochs(view.fs, location.directory), hasDamage);
  const leftovers = findLeftovers(view);
  const findings: Finding[] = [...ofControl, ...epochs.findings];
  const total = { segments: 0, batches: 0, records: 0, sizeBytes: 0 };
  let endOffset: number | undefined;
  const baseOffsets = view.baseOffsets();
  for (const [index, baseOffset] of baseOffsets.entries()) {
    const border = { endOffset, nextBase: baseOffset };
    findings.push(...(yield* lookTwice(() => verifyBorder(view, border), hasDamage)).findings);
    const isLast = index === baseOffsets.length - 1;
    const question = { baseOffset, isLast, leaderEpochs: epochs.entries };
    const segment = yield* verifySegmentTwice(view, question);
    endOffset = segment?.hasUncertainEnd === false ? segment.endOffset : undefined;
    if (segment === undefined) continue;
    findings.push(...segment.findings);
    total.segments++;
    total.batches += segment.batches;
    total.records += segment.records;
    total.sizeBytes += segment.sizeBytes;
  }
  const bounds = { control, leaderEpochs: epochs.entries, endOffset };
  const ofBounds = yield* lookTwice(() => verifyBounds(view, bounds), hasDamage);
  findings.push(...ofBounds.findings);
  // An index whose log is yet to be made, a file on its way out: neither is there for long.
  const look = (): WithFindings => ({ findings: findLeftovers(view) });
  const left = yield* lookTwice(look, (value) => value.findings.length > 0);
  findings.push(...confirmedBy(leftovers, left.findings));
  return { ...total, findings };
}

/** What the control file says, and nothing where it is damaged: `verifyControl` has said so. */
class UndauntedView extends LogView {
  override control(): ControlState | undefined {
    try {
      return super.control();
    } catch (error) {
      if (isControlDamage(error)) return undefined;
      throw error;
    }
  }
}

interface WithFindings {
  readonly findings: readonly Finding[];
}

function hasDamage({ findings }: WithFindings): boolean {
  return findings.some(({ kind }) => kind === 'damage');
}

function* lookTwice<T extends WithFindings>(
  look: () => T,
  isDoubtful: (value: T) => boolean,
): Steps<T> {
  return yield* settle(function* (): Steps<T> {
    return look();
  }, isDoubtful);
}

/** Looks again, after a pause, until two looks in a row find the same. */
function* settle<T extends WithFindings>(
  look: () => Steps<T>,
  isDoubtful: (value: T) => boolean,
): Steps<T> {
  let value = yield* look();
  for (let looks = 1; looks < LOOKS_MAX && isDoubtful(value); looks++) {
    yield { verifiedBytes: 0, pauseMs: SECOND_LOOK_MS };
    const again = yield* withoutProgress(look());
    const findings = confirmedBy(value.findings, again.findings);
    const isSettled = findings.length === again.findings.length;
    if (isSettled || looks === LOOKS_MAX - 1) return { ...again, findings };
    value = again;
  }
  return value;
}

function* withoutProgress<T>(steps: Steps<T>): Steps<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield { ...step.value, verifiedBytes: 0 };
  }
}

/** Undefined if the segment was pruned before or while it was read. */
function* verifySegmentTwice(
  view: LogView,
  question: SegmentQuestion,
): Steps<SegmentVerification | undefined> {
  try {
    return yield* settle(
      () => segmentSteps(view, question),
      (segment) => segment.hasUnfinishedEnd || hasDamage(segment),
    );
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
    throw error;
  }
}

function* segmentSteps(view: LogView, question: SegmentQuestion): Steps<SegmentVerification> {
  try {
    const steps = verifySegment(view, question);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      yield { verifiedBytes: step.value, pauseMs: 0 };
    }
  } catch (error) {
    if (!isCoreError(error, 'IO_ERROR') && !isCoreError(error, 'NOT_A_REGULAR_FILE')) throw error;
    const { baseOffset } = question;
    const file = segmentPath(view.location.directory, baseOffset, LOG_SUFFIX);
    const findings = new FileFindings(file);
    findings.damage(error.message, { offset: baseOffset });
    return unreadable(findings.list);
  }
}

function unreadable(findings: readonly Finding[]): SegmentVerification {
  const nothing = { batches: 0, records: 0, sizeBytes: 0, endOffset: 0 };
  return { ...nothing, hasUncertainEnd: true, hasUnfinishedEnd: false, findings };
}

/** A segment must begin where the one before it ends, unless what lay between was pruned meanwhile. */
function verifyBorder(
  view: LogView,
  border: { readonly endOffset: number | undefined; readonly nextBase: number },
): WithFindings {
  const { endOffset, nextBase } = border;
  const { directory } = view.location;
  const findings = new FileFindings(segmentPath(directory, nextBase, LOG_SUFFIX));
  if (endOffset === undefined || endOffset === nextBase) return { findings: [] };
  if (view.logStartOffset >= Math.max(nextBase, endOffset)) return { findings: [] };
  if (endOffset > nextBase) {
    const reason = `begins at offset ${nextBase}, but the segment before it ends at ${endOffset}`;
    findings.damage(reason, { position: 0, offset: nextBase });
  } else if (
    !view.allowGaps &&
    !isKnownLoss(view, { firstOffset: endOffset, endOffset: nextBase })
  ) {
    const reason = `offsets ${endOffset} to ${nextBase - 1} are missing before it`;
    findings.damage(reason, { position: 0, offset: endOffset });
  }
  return { findings: findings.list };
}

/** Written down as missing: `verifyControl` says so. */
function isKnownLoss(view: LogView, range: OffsetRange): boolean {
  const control = view.control();
  return control !== undefined && knownLoss(range, control) !== undefined;
}

interface LogBounds {
  /** As it was before the segments were read. */
  readonly control: ControlState | undefined;
  readonly leaderEpochs: readonly LeaderEpochEntry[] | undefined;
  /** Exclusive; undefined where it is not certain. */
  readonly endOffset: number | undefined;
}

/** The first and the last segment are those that should be: no border tells that one is missing. */
function verifyBounds(
  view: LogView,
  { control, leaderEpochs, endOffset }: LogBounds,
): WithFindings {
  const { directory, controlPath } = view.location;
  const baseOffsets = view.baseOffsets();
  const [first] = baseOffsets;
  const last = baseOffsets.at(-1);
  const ofFolder = new FileFindings(directory);
  const ofControl = new FileFindings(controlPath);
  if (first === undefined || last === undefined) {
    ofFolder.damage('holds no segment');
    return { findings: ofFolder.list };
  }
  // Retention moves the start before it removes a segment, so the start is read after the list. A
  // folder that was taken over from a broker begins where its epochs do.
  const kept = view.control();
  const startOffset = Math.max(kept?.logStartOffset ?? 0, leaderEpochs?.[0]?.startOffset ?? 0);
  const isMissing = kept !== undefined && first > startOffset;
  if (isMissing && !isKnownLoss(view, { firstOffset: startOffset, endOffset: first })) {
    const reason = `offsets ${startOffset} to ${first - 1} are missing: the first segment begins at ${first}`;
    ofFolder.damage(reason, { offset: startOffset });
  }
  if (control !== undefined && control.activeBaseOffset > last) {
    const reason = `the segment at offset ${control.activeBaseOffset} is missing`;
    ofFolder.damage(reason, { offset: control.activeBaseOffset });
  }
  if (control !== undefined && endOffset !== undefined && control.logStartOffset > endOffset) {
    const reason = `the log starts at offset ${control.logStartOffset}, but ends at ${endOffset}`;
    ofControl.damage(reason, { offset: control.logStartOffset });
  }
  return { findings: [...ofFolder.list, ...ofControl.list] };
}

/** What interrupted removals, compactions and recoveries left in the folder. */
function findLeftovers(view: LogView): Finding[] {
  const { directory } = view.location;
  const names = view.fs.list(directory);
  const plan = planLeftovers(names);
  const note = (name: string, reason: string): Finding[] => {
    const findings = new FileFindings(`${directory}/${name}`);
    findings.note(reason);
    return findings.list;
  };
  return [
    ...plan.remove.flatMap((name) =>
      note(name, 'on its way out, or left behind by an interrupted change'),
    ),
    ...plan.rename.flatMap(({ from }) => note(from, 'about to replace another file')),
    ...names
      .filter(isKeptAsideName)
      .flatMap((name) => note(name, 'bytes cut out of a log, kept aside')),
  ];
}

function isKeptAsideName(name: string): boolean {
  const parsed = parseSegmentFileName(name);
  return parsed !== undefined && isKeptAside(parsed.suffix);
}
