/**
 * What a command is told of its batch, in its environment:
 *
 *     SPOOL_BATCH_GROUP    the consumer group
 *     SPOOL_BATCH_ID       the same for every attempt
 *     SPOOL_BATCH_ATTEMPT  1 for the first
 *     SPOOL_BATCH_COUNT    the number of records
 *     SPOOL_BATCH_RANGES   where they lie: orders:0:12-14,orders:1:7-9, the last offset included
 *     SPOOL_BATCH_FILE     the file that holds them; only with --as-file
 *     SPOOL_BATCH_GAP      ranges of these that are not kept any more; only if there are any
 *
 * Ranges that take more than 100,000 bytes are cut behind one of them and end with `,…`: one variable
 * may have 128 KiB on Linux (MAX_ARG_STRLEN), and beyond that no command could be started at all.
 */
import type { Variables } from '../data-directory-path.js';

const PREFIX = 'SPOOL_BATCH_';
const RANGES_LIMIT_BYTES = 100_000;

export interface OffsetRange {
  readonly topic: string;
  readonly partition: number;
  readonly firstOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
}

export interface BatchFacts {
  readonly group: string;
  readonly id: string;
  readonly attempt: number;
  readonly count: number;
  readonly ranges: readonly OffsetRange[];
  readonly gaps: readonly OffsetRange[];
  /** undefined: the records are on standard input. */
  readonly file: string | undefined;
}

export function batchVariables(batch: BatchFacts): Record<string, string> {
  const gap = cutAtComma(formatRanges(batch.gaps));
  return {
    [`${PREFIX}GROUP`]: batch.group,
    [`${PREFIX}ID`]: batch.id,
    [`${PREFIX}ATTEMPT`]: String(batch.attempt),
    [`${PREFIX}COUNT`]: String(batch.count),
    [`${PREFIX}RANGES`]: cutAtComma(formatRanges(batch.ranges)),
    ...(batch.file === undefined ? {} : { [`${PREFIX}FILE`]: batch.file }),
    ...(gap === '' ? {} : { [`${PREFIX}GAP`]: gap }),
  };
}

/** `own` and `batch`; nothing of a batch that this process itself may be working on. */
export function childEnvironment(
  own: Variables,
  batch: Readonly<Record<string, string>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !name.startsWith(PREFIX)) environment[name] = value;
  }
  return { ...environment, ...batch };
}

/** `orders:0:12-14,orders:1:7-9`, the last offset included. All of them; an empty range is none. */
export function formatRanges(ranges: readonly OffsetRange[]): string {
  return ranges
    .filter(({ firstOffset, endOffset }) => firstOffset < endOffset)
    .map(
      ({ topic, partition, firstOffset, endOffset }) =>
        `${topic}:${partition}:${firstOffset}-${endOffset - 1}`,
    )
    .join(',');
}

/** Topic names are ASCII: a character is a byte. */
function cutAtComma(ranges: string): string {
  if (ranges.length <= RANGES_LIMIT_BYTES) return ranges;
  return `${ranges.slice(0, ranges.lastIndexOf(',', RANGES_LIMIT_BYTES))},…`;
}
