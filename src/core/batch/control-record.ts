/**
 * Records of control batches. Kafka writes them for itself; readers of a topic never see them, but they
 * take an offset and decide the fate of a transaction.
 *
 * | key                | value of abort and commit             |
 * |--------------------|---------------------------------------|
 * | int16 version: 0   | int16 version: 0                      |
 * | int16 type         | int32 epoch of the coordinator        |
 */
import { CoreError } from '../errors.js';

/** The index is the type. */
export const CONTROL_RECORD_TYPES = [
  'abort',
  'commit',
  'leader-change',
  'snapshot-header',
  'snapshot-footer',
  'kraft-version',
  'kraft-voters',
] as const;

/** `unknown` is a type that a newer Kafka may have given out: to be ignored. */
export type ControlRecordType = (typeof CONTROL_RECORD_TYPES)[number] | 'unknown';

const TYPE_AT = 2;
const KEY_BYTES = 4;
const COORDINATOR_EPOCH_AT = 2;
const MARKER_BYTES = 6;

export function parseControlRecordType(key: Uint8Array | null): ControlRecordType {
  if (key === null || key.length < KEY_BYTES) throw malformed('key', key);
  const view = new DataView(key.buffer, key.byteOffset, key.length);
  if (view.getInt16(0) < 0) throw malformed('key', key);
  return CONTROL_RECORD_TYPES[view.getInt16(TYPE_AT)] ?? 'unknown';
}

/** The coordinator epoch of an abort or commit marker. */
export function parseCoordinatorEpoch(value: Uint8Array | null): number {
  if (value === null || value.length < MARKER_BYTES) throw malformed('value', value);
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  if (view.getInt16(0) < 0) throw malformed('value', value);
  return view.getInt32(COORDINATOR_EPOCH_AT);
}

function malformed(part: 'key' | 'value', bytes: Uint8Array | null): CoreError {
  const lengthBytes = bytes === null ? null : bytes.length;
  return new CoreError('CORRUPT_MESSAGE', `the ${part} of a control record is malformed`, {
    details: { reason: `control record ${part}`, lengthBytes },
  });
}
