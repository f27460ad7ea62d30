/**
 * Topic names by Kafka's rule: 1 to 249 of `a-z A-Z 0-9 . _ -`, but neither `.` nor `..`. What passes
 * is safe as a part of a file name: no separator, no NUL, and 249 leaves room for `-99999` and `.json`.
 */
import { CoreError } from '../errors.js';

/** Kafka's limit: with a partition number it stays below the 255 bytes of a file name. */
export const TOPIC_NAME_MAX_LENGTH = 249;

const LEGAL = /^[a-zA-Z0-9._-]+$/;
const SHOWN_LENGTH = 60;

/** Why Kafka would refuse the name; undefined if it would not. */
function faultOf(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '.' || name === '..') return 'it names a directory';
  if (name.length > TOPIC_NAME_MAX_LENGTH) {
    return `it has ${name.length} characters and may have ${TOPIC_NAME_MAX_LENGTH}`;
  }
  return LEGAL.test(name) ? undefined : 'only letters, digits, ".", "_" and "-" are allowed';
}

export function isTopicName(name: string): boolean {
  return faultOf(name) === undefined;
}

/** INVALID_TOPIC for a name that no topic can have. */
export function checkTopicName(name: string): void {
  const fault = faultOf(name);
  if (fault === undefined) return;
  throw new CoreError('INVALID_TOPIC', `${quoteName(name)} is no topic name: ${fault}`, {
    details: { topic: name, reason: fault },
  });
}

/** Names that begin with `__` belong to Kafka and to this program (`__consumer_offsets`). */
export function isInternalTopic(name: string): boolean {
  return name.startsWith('__');
}

export interface NewTopicName {
  readonly name: string;
  readonly existing: readonly string[];
  /** Whether the program itself makes the topic. */
  readonly isInternal: boolean;
}

/**
 * INVALID_TOPIC for a name that a new topic may not have beside the existing ones, TOPIC_ALREADY_EXISTS
 * if it is one of them.
 */
export function checkNewTopicName({ name, existing, isInternal }: NewTopicName): void {
  checkTopicName(name);
  if (existing.includes(name)) {
    throw new CoreError('TOPIC_ALREADY_EXISTS', `topic ${name} exists already`, {
      details: { topic: name },
    });
  }
  if (isInternalTopic(name) && !isInternal) {
    throw refused(name, undefined, 'names that begin with "__" are reserved');
  }
  const unified = unify(name);
  const lower = name.toLowerCase();
  for (const other of existing) {
    // Kafka's metrics cannot tell "." from "_", so a cluster would refuse the pair.
    if (unify(other) === unified)
      throw refused(name, other, 'Kafka takes "." and "_" for the same');
    // The folders of both would be one on a file system that ignores case.
    if (other.toLowerCase() === lower) throw refused(name, other, 'they differ in case only');
  }
}

function unify(name: string): string {
  return name.replaceAll('.', '_');
}

function refused(name: string, other: string | undefined, reason: string): CoreError {
  const beside = other === undefined ? '' : ` beside ${other}`;
  return new CoreError('INVALID_TOPIC', `topic ${name} cannot be created${beside}: ${reason}`, {
    details: { topic: name, ...(other === undefined ? {} : { collidesWith: other }), reason },
    suggestion: 'Choose another name.',
  });
}

/** A name as it may be shown on a terminal, whatever it holds: quoted, cut, printable ASCII only. */
export function quoteName(name: string): string {
  const shown = name.length > SHOWN_LENGTH ? `${name.slice(0, SHOWN_LENGTH)}...` : name;
  return JSON.stringify(shown).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
