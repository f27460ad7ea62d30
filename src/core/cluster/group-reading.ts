/** Reading on from where a group stands. */
import { CoreError } from '../errors.js';
import { type ConsumePlan, Consumer } from '../consumer/consumer.js';
import type { Environment } from '../fs/environment.js';
import { type GroupState, committedOffset } from '../group/group-state.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import type { GroupLogs } from './group-logs.js';
import type { JoinRequest, PositionGap } from './groups.js';

export interface ConsumerSources {
  readonly env: Environment;
  readonly logs: GroupLogs;
}

export interface ReadRange extends TopicPartition {
  readonly fromOffset: number;
  /** Exclusive; without it, as the plan says. */
  readonly untilOffset?: number;
}

/**
 * Where reading goes on in each of the places. A position below or above what is kept is moved, as
 * `onGap` says: OFFSET_OUT_OF_RANGE, or a gap for each.
 */
export function positionsIn(
  state: GroupState,
  places: readonly TopicPartition[],
  { group, onGap }: Pick<JoinRequest, 'group' | 'onGap'>,
  { logs }: ConsumerSources,
): { readonly places: ReadRange[]; readonly gaps: PositionGap[] } {
  const gaps: PositionGap[] = [];
  const ranges = places.map((place) => {
    const { startOffset, end } = logs.kept(place);
    const position = committedOffset(state, place)?.offset ?? startOffset;
    if (position >= startOffset && position <= end.offset) {
      return { ...place, fromOffset: position };
    }
    // It may well stand behind records that nobody can read any more.
    if (position > end.offset && end.damage !== undefined) throw end.damage;
    const gap: PositionGap = {
      topic: place.topic,
      partition: place.partition,
      position,
      logStartOffset: startOffset,
      logEndOffset: end.offset,
      newPosition: onGap === 'latest' ? end.offset : startOffset,
    };
    if (onGap === 'fail') throw gapError(group, gap);
    gaps.push(gap);
    return { ...place, fromOffset: gap.newPosition };
  });
  return { places: ranges, gaps };
}

export function consumerOf(
  ranges: readonly ReadRange[],
  plan: ConsumePlan,
  { env, logs }: ConsumerSources,
): Consumer {
  const partitions = ranges.map((range) => ({ ...range, reader: logs.reader(range, plan) }));
  return new Consumer(partitions, { ...plan, now: () => env.now() });
}

function gapError(group: string, gap: PositionGap): CoreError {
  const { topic, partition, position, logStartOffset, logEndOffset } = gap;
  const place = `${topic}:${partition}`;
  const what =
    position < logStartOffset
      ? `${logStartOffset - position} records of ${place} that group ${group} has not read are gone: it stands at ${position}, and ${logStartOffset} is the oldest that is kept`
      : `group ${group} stands at ${position} of ${place}, which ends at ${logEndOffset}`;
  return new CoreError('OFFSET_OUT_OF_RANGE', what, {
    details: { group, ...gap },
    suggestion: `move it: spool group seek ${group} ${place} --to start, or read with --on-gap earliest`,
  });
}
