/** `fail`, `skip`, `wait` or `wait=5m`: what to do where others hold all of a group's partitions. */
import { FOREVER_MS, parseDuration } from './duration.js';
import { invalidArgument, quoted } from './invalid-argument.js';

export interface IfBusy {
  readonly kind: 'fail' | 'skip' | 'wait';
  /** Infinity: as long as it takes. */
  readonly waitMs: number;
}

export function parseIfBusy(text: string): IfBusy {
  if (text === 'fail' || text === 'skip') return { kind: text, waitMs: 0 };
  if (text === 'wait') return { kind: 'wait', waitMs: FOREVER_MS };
  const match = /^wait[=:](.+)$/.exec(text);
  if (match !== null) return { kind: 'wait', waitMs: parseDuration(match[1] ?? '') };
  throw invalidArgument(
    `--if-busy: ${quoted(text)} is none of fail, skip, wait`,
    'wait may have a limit: --if-busy wait=5m',
  );
}
