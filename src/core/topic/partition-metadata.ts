/**
 * The file `partition.metadata` of a partition folder: the id of the topic it belongs to.
 *
 *     version: 0\n
 *     topic_id: <22 characters>
 *
 * Exactly 43 bytes, without a final newline, as brokers write it. Written once, with the folder.
 */
import { assert } from '../assert.js';
import { damagedFile } from '../log/damaged-file.js';
import { isReservedUuid, isUuid } from './uuid.js';

export const PARTITION_METADATA = 'partition.metadata';
export const PARTITION_METADATA_BYTES = 43;

const TEXT = /^version:\s*0\r?\ntopic_id:\s*(\S+)\s*$/;

export function formatPartitionMetadata(topicId: string): Uint8Array {
  assert(isUuid(topicId) && !isReservedUuid(topicId), 'a topic id is made by randomUuid');
  const bytes = Buffer.from(`version: 0\ntopic_id: ${topicId}`, 'latin1');
  assert(bytes.length === PARTITION_METADATA_BYTES, 'the length is fixed');
  return bytes;
}

/**
 * The topic id. As lenient as Kafka's reader about blanks and a final newline, which an editor adds.
 * DATA_DIR_DAMAGED, naming `path`, for anything else.
 */
export function parsePartitionMetadata(bytes: Uint8Array, path: string): string {
  const topicId = TEXT.exec(Buffer.from(bytes).toString('latin1'))?.[1];
  if (!isUuid(topicId) || isReservedUuid(topicId)) throw damagedFile(path, 'it names no topic id');
  return topicId;
}
