import { batchTarget } from './batch-target.js';
import type { FuzzTarget } from './fuzz-target.js';
import { grammarTarget, recordTarget } from './input-targets.js';
import { controlTarget, dumpTarget, indexTarget, segmentTarget } from './log-targets.js';
import { smallFileTarget, stateTarget } from './state-targets.js';

/** Their shares make a hundred. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  batchTarget,
  segmentTarget,
  indexTarget,
  controlTarget,
  dumpTarget,
  stateTarget,
  smallFileTarget,
  recordTarget,
  grammarTarget,
];
