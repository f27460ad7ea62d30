/**
 * What is known of idempotent producers up to an offset, `.snapshot` (Kafka: ProducerStateManager).
 * Big-endian:
 *
 *    0  int16   version, 1
 *    2  uint32  CRC-32C of everything behind it
 *    6  int32   number of entries of 46 bytes:
 *
 *    0  int64   producer id
 *    8  int16   producer epoch
 *   10  int32   last sequence
 *   14  int64   last offset, -1 = no batch is known
 *   22  int32   last sequence - first sequence of the last batch
 *   26  int64   timestamp of the last batch, ms
 *   34  int32   epoch of the transaction coordinator, -1 = none
 *   38  int64   first offset of the open transaction, -1 = none
 */
import { decrementSequence } from '../batch/sequence.js';
import { crc32c } from '../bytes/crc32c.js';
import { isSafeInt64, readInt64 } from '../bytes/int64.js';
import type { File } from '../fs/file-system.js';
import type { DumpEntry } from './dump-entry.js';

const VERSION = 1;
const CRC_AT = 2;
const COUNT_AT = 6;
const HEADER_BYTES = 10;
const ENTRY_BYTES = 46;
const EPOCH_AT = 8;
const LAST_SEQUENCE_AT = 10;
const LAST_OFFSET_AT = 14;
const OFFSET_DELTA_AT = 22;
const TIMESTAMP_AT = 26;
const COORDINATOR_EPOCH_AT = 34;
const TXN_FIRST_OFFSET_AT = 38;
const INT64_PLACES = [0, LAST_OFFSET_AT, TIMESTAMP_AT, TXN_FIRST_OFFSET_AT];

/** A million producers. The checksum is over the whole file, so it has to be in memory. */
const LIMIT_BYTES = HEADER_BYTES + 1_000_000 * ENTRY_BYTES;

export function* dumpProducerSnapshot(file: File): Generator<DumpEntry, void> {
  const { sizeBytes } = file.stat();
  const bytes = new Uint8Array(Math.min(sizeBytes, LIMIT_BYTES));
  file.readAt(bytes, 0, bytes.length, 0);
  const view = new DataView(bytes.buffer);
  const fault = faultOf(view, bytes, sizeBytes);
  if (fault !== undefined) {
    yield { kind: 'damage', file: file.path, ...fault };
    return;
  }
  for (let at = HEADER_BYTES; at < bytes.length; at += ENTRY_BYTES) {
    if (!INT64_PLACES.every((place) => isSafeInt64(view, at + place))) {
      yield { kind: 'damage', file: file.path, position: at, reason: 'an impossible number' };
      return;
    }
    const lastSequence = view.getInt32(at + LAST_SEQUENCE_AT);
    const offsetDelta = view.getInt32(at + OFFSET_DELTA_AT);
    yield {
      kind: 'producer',
      producerId: readInt64(view, at),
      producerEpoch: view.getInt16(at + EPOCH_AT),
      coordinatorEpoch: view.getInt32(at + COORDINATOR_EPOCH_AT),
      currentTxnFirstOffset: readInt64(view, at + TXN_FIRST_OFFSET_AT),
      timestamp: readInt64(view, at + TIMESTAMP_AT),
      firstSequence: decrementSequence(lastSequence, offsetDelta),
      lastSequence,
      lastOffset: readInt64(view, at + LAST_OFFSET_AT),
      offsetDelta,
    };
  }
}

function faultOf(
  view: DataView,
  bytes: Uint8Array,
  sizeBytes: number,
): { readonly position: number; readonly reason: string } | undefined {
  if (sizeBytes < HEADER_BYTES) {
    return { position: sizeBytes, reason: `only ${sizeBytes} bytes of a snapshot` };
  }
  const version = view.getInt16(0);
  if (version !== VERSION) return { position: 0, reason: `unknown version ${version}` };
  if (sizeBytes > LIMIT_BYTES) return { position: LIMIT_BYTES, reason: 'too large a snapshot' };
  const stored = view.getUint32(CRC_AT);
  const computed = crc32c(bytes, COUNT_AT, bytes.length);
  if (stored !== computed) {
    return { position: CRC_AT, reason: `stored crc ${stored}, computed crc ${computed}` };
  }
  const count = view.getInt32(COUNT_AT);
  if (bytes.length === HEADER_BYTES + count * ENTRY_BYTES) return undefined;
  return { position: COUNT_AT, reason: `${count} entries in ${sizeBytes} bytes` };
}
