/**
 * The file `topics/<topic>.json`, whose rename into place creates the topic (a state file, see
 * state-file.ts):
 *
 *     topic        its name, as in the file's own name
 *     topicId      22 characters; also in every folder's partition.metadata
 *     createdMs    milliseconds since the epoch
 *     config       overrides: Kafka's names and canonical texts
 *     partitions   one object per partition, in order: {"replicas":[0],"leader":0,"leaderEpoch":0}
 *
 * Partitions are only ever added. A leader epoch is in this file before it is first used.
 */
import { CoreError } from '../errors.js';
import { damagedFile } from '../log/damaged-file.js';
import type { ConfigOverrides } from '../log/log-config.js';
import { formatStateFile, isObject, parseStateFile } from './state-file.js';
import { isReservedUuid, isUuid } from './uuid.js';

/** Ten thousand partitions fit into a tenth of it. */
export const TOPIC_FILE_LIMIT_BYTES = 8 * 1024 * 1024;
/** More than one machine makes use of; a mistyped number must not make a million folders. */
export const PARTITIONS_MAX = 10_000;
const FORMAT_VERSION = 1;

export interface PartitionState {
  /** Ids of brokers; the first one is preferred as leader. */
  readonly replicas: readonly number[];
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface Topic {
  readonly topic: string;
  readonly topicId: string;
  readonly createdMs: number;
  readonly config: ConfigOverrides;
  readonly partitions: readonly PartitionState[];
}

export function formatTopicFile(described: Topic): Uint8Array {
  const { topic, topicId, createdMs, config, partitions } = described;
  return formatStateFile(FORMAT_VERSION, { topic, topicId, createdMs, config, partitions });
}

/** DATA_DIR_DAMAGED or DATA_DIR_UNKNOWN_FORMAT, naming `path`. Config values are not checked. */
export function parseTopicFile(bytes: Uint8Array, path: string): Topic {
  const fields = parseStateFile(bytes, { path, formatVersion: FORMAT_VERSION });
  const { topic, topicId, createdMs, config, partitions } = fields as Partial<
    Record<keyof Topic, unknown>
  >;
  if (typeof topic !== 'string') throw damagedFile(path, 'no topic name');
  if (!isUuid(topicId) || isReservedUuid(topicId)) throw damagedFile(path, 'no topic id');
  if (!isCount(createdMs)) throw damagedFile(path, 'no time of creation');
  if (!isOverrides(config)) throw damagedFile(path, 'no config');
  if (!isPartitionStates(partitions)) throw damagedFile(path, 'no partitions');
  return { topic, topicId, createdMs, config, partitions };
}

/** INVALID_PARTITIONS unless a topic may have so many. */
export function checkPartitionCount(topic: string, count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= PARTITIONS_MAX) return;
  throw new CoreError(
    'INVALID_PARTITIONS',
    `topic ${topic} cannot have ${count} partitions: 1 to ${PARTITIONS_MAX} are possible`,
    { details: { topic, partitions: count, maximum: PARTITIONS_MAX } },
  );
}

function isOverrides(value: unknown): value is ConfigOverrides {
  return isObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function isPartitionStates(value: unknown): value is PartitionState[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPartitionState);
}

function isPartitionState(value: unknown): value is PartitionState {
  if (!isObject(value)) return false;
  const { replicas, leader, leaderEpoch } = value as Partial<Record<keyof PartitionState, unknown>>;
  const hasReplicas = Array.isArray(replicas) && replicas.length > 0 && replicas.every(isCount);
  return hasReplicas && isCount(leader) && isCount(leaderEpoch);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
