/**
 * A place in a partition as people name it, and the offset that it means in one partition now.
 */
import { CoreError } from '../errors.js';
import type { LogEnd, LogReader } from '../log/log-reader.js';

export type Position =
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'offset'; readonly offset: number }
  /** The last `count` records of each partition. */
  | { readonly kind: 'fromEnd'; readonly count: number }
  /** The first offset whose timestamp is at or after it. `text` is what was typed. */
  | { readonly kind: 'time'; readonly timestampMs: number; readonly text: string }
  /** Where a group stands; without a name, the one that the command is about. */
  | { readonly kind: 'group'; readonly group: string | undefined };

/** What a partition holds at one moment. */
export interface KeptRange {
  readonly startOffset: number;
  readonly end: LogEnd;
}

export function keptRange(reader: LogReader): KeptRange {
  const startOffset = reader.logStartOffset;
  return { startOffset, end: reader.findEnd() };
}

/**
 * The offset that a position means; an offset that was given is taken as it is, in range or not. A
 * time past the newest record means the end, as in Kafka.
 */
export function resolvePosition(position: Position, reader: LogReader, kept: KeptRange): number {
  switch (position.kind) {
    case 'start':
      return kept.startOffset;
    case 'end':
      return kept.end.offset;
    case 'offset':
      return position.offset;
    case 'fromEnd':
      return Math.max(kept.startOffset, kept.end.offset - position.count);
    case 'time':
      return reader.offsetForTimestamp(position.timestampMs)?.offset ?? kept.end.offset;
    case 'group':
      throw new CoreError('INVALID_ARGUMENT', 'where a group stands is no position here', {
        suggestion: 'give an offset or a time',
      });
  }
}
