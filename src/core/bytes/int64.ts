/**
 * Big-endian signed 64-bit integers as numbers. Offsets and timestamps stay below 2^53 for 285 years
 * of a million records a second, and bigint reads cost seven to eleven times as much.
 */
import { CoreError } from '../errors.js';

const TWO_POW_32 = 0x1_0000_0000;

/** CORRUPT_MESSAGE if the value is not a safe integer: nobody wrote such an offset or time. */
export function readInt64(view: DataView, at: number): number {
  const value = view.getInt32(at) * TWO_POW_32 + view.getUint32(at + 4);
  if (!Number.isSafeInteger(value)) throw unsafeInt64(view, at);
  return value;
}

/** Whether `readInt64` would answer; for scans that must not throw. */
export function isSafeInt64(view: DataView, at: number): boolean {
  return Number.isSafeInteger(view.getInt32(at) * TWO_POW_32 + view.getUint32(at + 4));
}

/** `value` must be a safe integer. */
export function writeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_POW_32));
  view.setUint32(at + 4, value >>> 0);
}

function unsafeInt64(view: DataView, at: number): CoreError {
  const value = view.getBigInt64(at).toString();
  return new CoreError('CORRUPT_MESSAGE', `64-bit value ${value} is beyond what can be right`, {
    details: { at, value, reason: '64-bit value out of range' },
  });
}
