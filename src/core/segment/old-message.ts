/**
 * A message of the formats v0 and v1, before Kafka 0.11. Damage can look like one; its own checksum
 * (CRC-32 over everything from the magic on) tells.
 *
 *     0  8  offset
 *     8  4  bytes after this field
 *    12  4  crc
 *    16  1  magic, 0 or 1
 */
import { crc32 } from 'node:zlib';
import {
  BATCH_LENGTH_AT,
  LOG_OVERHEAD_BYTES,
  MAGIC_AT,
  MIN_OLD_MESSAGE_BYTES,
} from '../batch/format.js';
import type { File } from '../fs/file-system.js';

const CRC_AT = 12;
const LIMIT_BYTES = 64 * 1024 * 1024;

export function isOldMessage(log: File, position: number): boolean {
  const header = Buffer.alloc(MAGIC_AT + 1);
  if (log.readAt(header, 0, header.length, position) < header.length) return false;
  const sizeBytes = LOG_OVERHEAD_BYTES + header.readInt32BE(BATCH_LENGTH_AT);
  const magic = header[MAGIC_AT];
  if ((magic !== 0 && magic !== 1) || sizeBytes > LIMIT_BYTES) return false;
  if (sizeBytes < LOG_OVERHEAD_BYTES + MIN_OLD_MESSAGE_BYTES) return false;
  const bytes = Buffer.alloc(sizeBytes);
  if (log.readAt(bytes, 0, sizeBytes, position) < sizeBytes) return false;
  return crc32(bytes.subarray(MAGIC_AT)) === header.readUInt32BE(CRC_AT);
}
