/**
 * Retention: which segments a policy lets go of, and letting go of them.
 *
 * `planRetention` is pure; `applyRetention` works under the partition's lock in this order, so that a
 * death between any two steps leaves a log that is right:
 *
 * 1. the new log start offset, durable in the control file: from here on the records are gone for
 *    every reader, whatever files still stand; no new block is needed, so it works on a full disk;
 * 2. where the active segment goes too: a new empty segment at the end of the log, durable. If the
 *    disk is too full even for that, the active segment stays, and goes next time;
 * 3. the files renamed to `.deleted`, the `.log` first;
 * 4. after the lock is given back, the `.deleted` files removed. A later writer finishes this.
 */
import { isCoreError } from '../errors.js';
import type { FileSystem } from '../fs/file-system.js';
import {
  DELETED_SUFFIX,
  LOG_SUFFIX,
  SEGMENT_SUFFIXES,
  isKeptAside,
  listBaseOffsets,
  parseSegmentFileName,
  segmentPath,
} from '../segment/file-names.js';
import type { LogConfig } from './log-config.js';
import type { LogLocation } from './log-location.js';
import type { LogLock } from './log-lock.js';
import { lastTimestamp } from './segment-timestamps.js';

export type RetentionReason = 'start' | 'size' | 'time';

export interface SegmentFacts {
  readonly baseOffset: number;
  /** Exclusive: base offset of the next segment, or the log end offset. */
  readonly endOffset: number;
  readonly sizeBytes: number;
  readonly isActive: boolean;
  /** The newest record's timestamp in ms, or the file's modification time if it has none. */
  newestMs(): number;
}

export interface RetentionRemoval {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly sizeBytes: number;
  readonly reason: RetentionReason;
  readonly isActive: boolean;
}

export interface RetentionPlan {
  readonly removals: readonly RetentionRemoval[];
  readonly logStartOffset: number;
  readonly newLogStartOffset: number;
  readonly keptBytes: number;
}

export type RetentionPolicy = Pick<LogConfig, 'retentionMs' | 'retentionBytes' | 'cleanupPolicy'>;

/** Lets go of what lies before the log's start, and of nothing else. */
export const NO_POLICY: RetentionPolicy = {
  retentionMs: Infinity,
  retentionBytes: Infinity,
  cleanupPolicy: [],
};

export interface RetentionQuestion {
  /** All segments, oldest first. */
  readonly segments: readonly SegmentFacts[];
  readonly logStartOffset: number;
  readonly config: RetentionPolicy;
  readonly nowMs: number;
}

/**
 * Kafka: UnifiedLog.deleteOldSegments; start offset, then size, then time, oldest first. Without
 * `delete` in its cleanup.policy a log lets go only of what lies before its start.
 */
export function planRetention(question: RetentionQuestion): RetentionPlan {
  const { segments, config, nowMs } = question;
  let keptBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  const removals: RetentionRemoval[] = [];
  let reason: RetentionReason | undefined = 'start';
  for (const segment of segments) {
    if (segment.isActive && segment.sizeBytes === 0) break;
    reason = reasonToRemove(segment, keptBytes);
    if (reason === undefined) break;
    keptBytes -= segment.sizeBytes;
    const { baseOffset, endOffset, sizeBytes, isActive } = segment;
    removals.push({ baseOffset, endOffset, sizeBytes, isActive, reason });
  }
  const newLogStartOffset = Math.max(question.logStartOffset, removals.at(-1)?.endOffset ?? 0);
  return { removals, logStartOffset: question.logStartOffset, newLogStartOffset, keptBytes };

  function reasonToRemove(segment: SegmentFacts, total: number): RetentionReason | undefined {
    if (!segment.isActive && segment.endOffset <= question.logStartOffset) return 'start';
    if (!config.cleanupPolicy.includes('delete')) return undefined;
    if (config.retentionBytes >= 0 && total - segment.sizeBytes >= config.retentionBytes) {
      return 'size';
    }
    if (config.retentionMs >= 0 && nowMs - segment.newestMs() > config.retentionMs) return 'time';
    return undefined;
  }
}

/** What the files say, without a lock; timestamps are read only where the plan asks for them. */
export function segmentFacts(
  fs: FileSystem,
  directory: string,
  logEndOffset: number,
): SegmentFacts[] {
  const baseOffsets = listBaseOffsets(fs, directory);
  return baseOffsets.flatMap((baseOffset, index) => {
    const stat = fs.stat(segmentPath(directory, baseOffset, LOG_SUFFIX));
    if (stat === undefined) return [];
    const nextBase = baseOffsets[index + 1];
    return {
      baseOffset,
      endOffset: nextBase ?? logEndOffset,
      sizeBytes: stat.sizeBytes,
      isActive: nextBase === undefined,
      newestMs: () => {
        const sealed = nextBase !== undefined;
        // What a repair has left empty holds back nothing that is older than the repair.
        if (sealed && stat.sizeBytes === 0) return -Infinity;
        const { timestamp, isCertain } = lastTimestamp(fs, directory, baseOffset, sealed);
        if (timestamp < 0) return stat.modifiedMs;
        // What damage hides is no older than its file.
        return isCertain ? timestamp : Math.max(timestamp, stat.modifiedMs);
      },
    };
  });
}

export interface RetentionOrder {
  /** Exclusive: of the log. */
  readonly endOffset: number;
  readonly policy: RetentionPolicy;
  /** Nothing below it is kept, whatever the policy. */
  readonly startOffset: number;
  readonly nowMs: number;
  /** Makes an empty segment, durably. */
  startSegment(baseOffset: number): void;
}

/**
 * Plans, and does steps 1 to 3; step 4 is to remove `setAside`. The caller has checked that the lock is
 * still its own.
 */
export function letGo(
  fs: FileSystem,
  location: LogLocation,
  lock: LogLock,
  order: RetentionOrder,
): { readonly plan: RetentionPlan; readonly setAside: readonly string[] } {
  const { endOffset, policy, startOffset, nowMs } = order;
  const segments = segmentFacts(fs, location.directory, endOffset);
  const firstOffset = segments[0]?.baseOffset ?? 0;
  const logStartOffset = Math.max(lock.state.logStartOffset, firstOffset, startOffset);
  const plan = planRetention({ segments, logStartOffset, config: policy, nowMs });
  const setAside = applyRetention(fs, location, lock, plan, (baseOffset) => {
    order.startSegment(baseOffset);
  });
  return { plan, setAside };
}

/**
 * Steps 1 to 3. Returns the paths to remove once the lock is given back. The caller has checked that
 * the lock is still its own; `startSegment` makes an empty segment at an offset, durably.
 */
export function applyRetention(
  fs: FileSystem,
  location: LogLocation,
  lock: LogLock,
  plan: RetentionPlan,
  startSegment: (baseOffset: number) => void,
): string[] {
  if (plan.newLogStartOffset > lock.state.logStartOffset) {
    lock.keep({ logStartOffset: plan.newLogStartOffset });
  }
  return plan.removals
    .filter((removal) => !removal.isActive || succeeds(() => startSegment(removal.endOffset)))
    .flatMap((removal) => setAside(fs, location.directory, removal.baseOffset));
}

function succeeds(start: () => void): boolean {
  try {
    start();
    return true;
  } catch (error) {
    if (isCoreError(error, 'DISK_FULL')) return false;
    throw error;
  }
}

function setAside(fs: FileSystem, directory: string, baseOffset: number): string[] {
  const paths: string[] = [];
  const aside = fs.list(directory).flatMap((name) => {
    const parsed = parseSegmentFileName(name);
    const isAside = parsed?.baseOffset === baseOffset && isKeptAside(parsed.suffix);
    return isAside ? [parsed.suffix] : [];
  });
  for (const suffix of new Set([...SEGMENT_SUFFIXES, ...aside])) {
    const path = segmentPath(directory, baseOffset, suffix);
    if (fs.stat(path) === undefined) continue;
    fs.rename(path, path + DELETED_SUFFIX);
    paths.push(path + DELETED_SUFFIX);
  }
  return paths;
}
