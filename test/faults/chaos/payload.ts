/**
 * Values of which no two are alike, and of which no part passes for a whole:
 *
 *     PROC:NUMBER:KEY:PADDING:CRC      CRC-32 of all before its colon, as hex
 */
import { crc32 } from 'node:zlib';

export interface PayloadParts {
  readonly proc: string;
  /** Counts the records of that process. */
  readonly number: number;
  readonly key: string | null;
  readonly paddingBytes: number;
}

export function payloadOf({ proc, number, key, paddingBytes }: PayloadParts): string {
  const text = `${proc}:${number}:${key ?? ''}:${'x'.repeat(paddingBytes)}`;
  return `${text}:${sumOf(text)}`;
}

/** False for what was cut, mixed or made up. */
export function isWholePayload(payload: string): boolean {
  const at = payload.lastIndexOf(':');
  return at > 0 && payload.slice(at + 1) === sumOf(payload.slice(0, at));
}

function sumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
