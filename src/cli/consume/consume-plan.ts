/** From the flags of `consume` to what is to be read, before anything is opened. */
import type { ConsumePlan, ConsumeTarget, Position } from '../../core/index.js';
import { CoreError } from '../../core/errors.js';
import type { HeaderFilter } from '../grammar/header-pair.js';
import { invalidArgument, quoted } from '../grammar/invalid-argument.js';
import { describePosition, parsePosition } from '../grammar/position.js';
import { type TopicArgument, parseTopicArgument } from '../grammar/topic-argument.js';

export interface ConsumeFlags {
  readonly from?: string | undefined;
  readonly 'from-offset'?: number | undefined;
  readonly 'from-time'?: string | undefined;
  readonly 'from-beginning': boolean;
  readonly until?: string | undefined;
  readonly last?: number | undefined;
  readonly max?: number | undefined;
  readonly 'max-bytes'?: number | undefined;
  readonly follow: boolean;
  readonly partition?: number[] | undefined;
  readonly clamp: boolean;
  readonly 'skip-damaged'?: boolean;
  readonly order: 'time' | 'partition';
  readonly key?: string | undefined;
  readonly grep?: string | undefined;
  readonly header?: HeaderFilter[] | undefined;
}

export function planConsume(flags: ConsumeFlags, nowMs: number): ConsumePlan {
  const until = flags.until === undefined ? undefined : parsePosition(flags.until, { now: nowMs });
  return {
    from: beginningOf(flags, nowMs),
    until,
    clamp: flags.clamp,
    skipDamaged: flags['skip-damaged'] ?? false,
    follow: flags.follow,
    order: flags.order,
    last: flags.last,
    maxRecords: flags.max ?? Infinity,
    maxBytes: flags['max-bytes'] ?? Infinity,
    filter: {
      key: flags.key === undefined ? undefined : Buffer.from(flags.key),
      grep: flags.grep === undefined ? undefined : expressionOf(flags.grep),
      headers: (flags.header ?? []).map(({ key, value }) => ({
        name: Buffer.from(key).toString(),
        value: value === undefined ? undefined : Buffer.from(value).toString(),
      })),
    },
  };
}

function beginningOf(flags: ConsumeFlags, nowMs: number): Position {
  if (flags.last !== undefined) return { kind: 'fromEnd', count: flags.last };
  const offset = flags['from-offset'];
  if (offset !== undefined) return { kind: 'offset', offset };
  const time = flags['from-time'];
  if (time !== undefined) return timeOf(time, nowMs);
  if (flags.from !== undefined) return parsePosition(flags.from, { now: nowMs });
  return { kind: 'start' };
}

function timeOf(text: string, nowMs: number): Position {
  const position = parsePosition(text, { now: nowMs });
  if (position.kind === 'time') return position;
  throw invalidArgument(
    `--from-time: ${quoted(text)} is not a time`,
    'write it like 2026-11-22T09:30, -1h or today; --from takes any position',
  );
}

function expressionOf(text: string): RegExp {
  try {
    return new RegExp(text, 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CoreError('INVALID_ARGUMENT', `--grep: ${reason}`, { cause: error });
  }
}

/** Times as they were understood, for a person who may have meant another zone. */
export function describeTimes({ from, until }: ConsumePlan): string | undefined {
  const parts = [];
  if (from.kind === 'time') parts.push(`from ${describePosition(from)}`);
  if (until?.kind === 'time') parts.push(`until ${describePosition(until)}`);
  return parts.length === 0 ? undefined : parts.join(' ');
}

/**
 * The topics that the words name, each once, and the partitions of each; undefined: all. `partitions`
 * is for those words that name none themselves.
 */
export function consumeTargets(
  words: readonly string[],
  existing: readonly string[],
  partitions: readonly number[] | undefined,
): ConsumeTarget[] {
  const targets = new Map<string, readonly number[] | undefined>();
  for (const word of words) {
    const argument = parseTopicArgument(word);
    const named = argument.partition === undefined ? partitions : [argument.partition];
    for (const topic of topicsOf(argument, existing)) {
      const others = targets.has(topic) ? targets.get(topic) : [];
      const isAll = named === undefined || others === undefined;
      targets.set(topic, isAll ? undefined : [...new Set([...others, ...named])]);
    }
  }
  return [...targets].map(([topic, named]) => ({ topic, partitions: named }));
}

function topicsOf(argument: TopicArgument, existing: readonly string[]): readonly string[] {
  const { topic, isGlob, matches } = argument;
  if (!isGlob) return [topic];
  const found = existing.filter(matches);
  if (found.length > 0) return found;
  throw new CoreError('UNKNOWN_TOPIC_OR_PARTITION', `no topic matches ${topic}`, {
    details: { pattern: topic, topics: existing },
  });
}
