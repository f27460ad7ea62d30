/**
 * The index of aborted transactions, `.txnindex` (Kafka: TransactionIndex, AbortedTxn). Entries of 34
 * bytes, big-endian, in the order of their last offsets:
 *
 *    0  int16  version, 0
 *    2  int64  producer id
 *   10  int64  first offset of the transaction
 *   18  int64  last offset: that of the abort marker
 *   26  int64  last stable offset when it was aborted
 */
import { isSafeInt64, readInt64 } from '../bytes/int64.js';
import type { File } from '../fs/file-system.js';
import type { DumpEntry } from './dump-entry.js';

const ENTRY_BYTES = 34;
const PRODUCER_ID_AT = 2;
const FIRST_OFFSET_AT = 10;
const LAST_OFFSET_AT = 18;
const LAST_STABLE_OFFSET_AT = 26;
const INT64_PLACES = [PRODUCER_ID_AT, FIRST_OFFSET_AT, LAST_OFFSET_AT, LAST_STABLE_OFFSET_AT];

export function* dumpTxnIndex(file: File): Generator<DumpEntry, void> {
  const entry = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(entry.buffer);
  for (let position = 0; ; position += ENTRY_BYTES) {
    const read = file.readAt(entry, 0, ENTRY_BYTES, position);
    if (read === 0) return;
    const fault = faultOf(view, read);
    if (fault !== undefined) {
      yield { kind: 'damage', file: file.path, position, reason: fault };
      return;
    }
    yield {
      kind: 'aborted-txn',
      version: view.getInt16(0),
      producerId: readInt64(view, PRODUCER_ID_AT),
      firstOffset: readInt64(view, FIRST_OFFSET_AT),
      lastOffset: readInt64(view, LAST_OFFSET_AT),
      lastStableOffset: readInt64(view, LAST_STABLE_OFFSET_AT),
    };
  }
}

function faultOf(view: DataView, read: number): string | undefined {
  if (read < ENTRY_BYTES) return `ends in ${read} bytes of an entry`;
  const version = view.getInt16(0);
  if (version !== 0) return `unknown version ${version}`;
  return INT64_PLACES.every((at) => isSafeInt64(view, at)) ? undefined : 'an impossible number';
}
