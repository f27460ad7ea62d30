/** From the words and flags of `group seek` to the move that they mean. */
import type { GroupMove } from '../../core/index.js';
import { consumeTargets } from '../consume/consume-plan.js';
import { invalidArgument, quoted } from '../grammar/invalid-argument.js';
import { parsePosition } from '../grammar/position.js';
import type { InputText } from './input-text.js';
import { parseOffsetsCsv } from './offsets-csv.js';

export interface SeekFlags {
  readonly to?: string | undefined;
  readonly by?: number | undefined;
  readonly file?: string | undefined;
}

export interface SeekContext {
  readonly group: string;
  readonly topics: readonly string[];
  readonly nowMs: number;
  readonly readText: (path: string) => Promise<InputText>;
}

/** `words`: topics, globs, partitions; none: all that the group has a position in. */
export async function planSeek(
  words: readonly string[],
  flags: SeekFlags,
  { group, topics, nowMs, readText }: SeekContext,
): Promise<GroupMove> {
  const { to, by, file } = flags;
  if (file !== undefined) {
    if (words.length > 0) throw invalidArgument('--file names the partitions itself');
    const offsets = parseOffsetsCsv(await readText(file), group);
    return { kind: 'offsets', offsets, clamp: true };
  }
  // Before the topics are looked at: what was mistyped is told first.
  const position = to === undefined ? undefined : parsePosition(to, { now: nowMs });
  const targets = consumeTargets(words, topics, undefined);
  if (position !== undefined) return { kind: 'seek', targets, to: position };
  if (by !== undefined) return { kind: 'shift', targets, by };
  throw invalidArgument(
    'nothing says where to',
    'add --to start, --to -1h, --by -100 or --file positions.csv',
  );
}

/** `+100`, `-100`, `100`: how many records forward. */
export function parseShift(text: string): number {
  const by = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(by)) return by;
  throw invalidArgument(
    `${quoted(text)} is not a number of records`,
    'write it like +100 or -100; a time goes with --to: --to -1h',
  );
}
