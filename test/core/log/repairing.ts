/** Repairs the partition of the fixture, as the command does. */
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { isCoreError } from '../../../src/core/errors.js';
import type { Environment } from '../../../src/core/fs/environment.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import {
  type RepairResult,
  applyRepair,
  planRepair,
} from '../../../src/core/log/repair-partition.js';
import type { LogReader } from '../../../src/core/log/log-reader.js';
import type { LogRepairOptions } from '../../../src/core/log/repair-log.js';
import type { LogRepairPlan } from '../../../src/core/log/repair-plan.js';
import { LOCATION, NO_WAIT, environment, readerOf } from '../../support/log-fixture.js';
import { verify } from './verification.js';

export interface RepairWords {
  readonly allowGaps?: boolean;
  readonly bootId?: string;
  readonly env?: Environment;
}

let nonces = 0;

export function repairOptions({ allowGaps = false }: RepairWords = {}): LogRepairOptions {
  return {
    location: LOCATION,
    indexIntervalBytes: 1,
    allowGaps,
    nonce: `repair-${nonces++}`,
    checkStillOurs: () => undefined,
  };
}

export function planOf(fs: FileSystem, words: RepairWords = {}): LogRepairPlan {
  const { findings } = verify(fs, words);
  const env = words.env ?? environment(fs, words);
  const steps = planRepair(env, repairOptions(words), findings);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export async function repair(fs: FileSystem, words: RepairWords = {}): Promise<RepairResult> {
  const { findings } = verify(fs, words);
  const env = words.env ?? environment(fs, words);
  return applyRepair(env, repairOptions(words), {
    findings,
    shown: planOf(fs, words),
    wait: NO_WAIT,
    pause: () => Promise.resolve(),
  });
}

/**
 * Offset and value of all that can be read, by a reader that begins anew at each of `starts` and at each
 * segment: damage hides nothing but what is damaged.
 */
export function readable(
  fs: FileSystem,
  { bootId = 'boot-1', starts = [] }: { bootId?: string; starts?: readonly number[] } = {},
): ReadonlyMap<number, string> {
  const reader = readerOf(fs, bootId);
  const found = new Map<number, string>();
  for (const from of new Set([...starts, ...reader.baseOffsets()])) {
    try {
      readFrom(reader, from, found);
    } catch (error) {
      if (!isCoreError(error)) throw error;
    }
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

function readFrom(reader: LogReader, from: number, found: Map<number, string>): void {
  const cursor = reader.openAt(from);
  const records = new RecordCursor();
  try {
    // It stops once at what it passes over.
    for (let stops = 0; stops < 2;) {
      if (!cursor.next()) {
        stops = cursor.takeGap() === undefined ? stops + 1 : 0;
        continue;
      }
      records.open(cursor.bytes, cursor.at);
      while (records.next()) {
        const { bytes, valueAt, valueLength, offset } = records;
        if (offset >= from)
          found.set(offset, bytes.toString('latin1', valueAt, valueAt + valueLength));
      }
    }
  } finally {
    cursor.close();
  }
}
