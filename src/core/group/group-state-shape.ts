/**
 * Whether what was parsed from a group's file has the form of a state. The checksum only says that the
 * bytes are those that somebody wrote; the file may have come from somewhere else. Fields that are not
 * known are passed over: a later version may have added them.
 */
import { isObject } from '../topic/state-file.js';
import { isTopicName } from '../topic/topic-name.js';
import { ASSIGNOR_NAMES } from './assignor-name.js';

type Check = (value: unknown) => boolean;

/** The last moment that a Date can be. */
const LAST_MS = 8.64e15;
/** It names a file, so it must be one part of a path and no more. */
const MEMBER_ID = /^[\w-][\w .-]{0,199}$/;
const REASONS = ['start', 'consume', 'commit', 'seek', 'undo', 'gap'];

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) => isWithin(value, 0, Number.MAX_SAFE_INTEGER);
const isEpoch: Check = (value) => isWithin(value, -1, 0x7fff_ffff);
const isMoment: Check = (value) => isWithin(value, 0, LAST_MS);
const isMemberId: Check = (value) => typeof value === 'string' && MEMBER_ID.test(value);

function isWithin(value: unknown, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
}

function orNull(check: Check): Check {
  return (value) => value === null || check(value);
}

function oneOf(names: readonly string[]): Check {
  return (value) => typeof value === 'string' && names.includes(value);
}

function listOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function withFields(checks: Readonly<Record<string, Check>>): Check {
  const entries = Object.entries(checks);
  return (value) => isObject(value) && entries.every(([name, check]) => check(value[name]));
}

const PLACE = {
  topic: (value: unknown) => typeof value === 'string' && isTopicName(value),
  partition: isCount,
};
const PLACE_OF_ID = { ...PLACE, topicId: isText };

const isState = withFields({
  group: isText,
  revision: isCount,
  generation: isCount,
  lastActiveMs: isMoment,
  offsets: listOf(
    withFields({
      ...PLACE_OF_ID,
      offset: isCount,
      leaderEpoch: isEpoch,
      metadata: isText,
      committedMs: isMoment,
    }),
  ),
  pending: listOf(
    withFields({
      id: isText,
      attempt: isCount,
      ranges: listOf(withFields({ ...PLACE_OF_ID, firstOffset: isCount, endOffset: isCount })),
      createdMs: isMoment,
      memberId: isMemberId,
    }),
  ),
  members: listOf(
    withFields({
      memberId: isMemberId,
      instanceId: orNull(isText),
      kind: oneOf(['batch', 'follow']),
      assignor: oneOf(ASSIGNOR_NAMES),
      sessionTimeoutMs: isCount,
      subscriptions: listOf(
        withFields({ topic: PLACE.topic, partitions: orNull(listOf(isCount)) }),
      ),
      target: listOf(withFields(PLACE)),
      owned: listOf(withFields(PLACE)),
      generation: isCount,
      sinceMs: isMoment,
    }),
  ),
  moves: listOf(
    withFields({
      atMs: isMoment,
      reason: oneOf(REASONS),
      memberId: orNull(isMemberId),
      offsets: listOf(
        withFields({ ...PLACE_OF_ID, fromOffset: orNull(isCount), toOffset: orNull(isCount) }),
      ),
    }),
  ),
});

/** True if every field is there, of its type, and within what it can be. See group-state.ts. */
export function hasGroupStateShape(fields: Readonly<Record<string, unknown>>): boolean {
  return isState(fields);
}
