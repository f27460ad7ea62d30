/**
 * One JSON object a line, which `produce -F json` turns into the same record again, byte for byte:
 *
 *   {"topic":"t","partition":0,"offset":12,"timestamp":1700000000000,"key":"k","value":"v",
 *    "headers":[["name","value"]]}
 *
 * Bytes that are UTF-8 are a string. Others are base64: key_b64 and value_b64 in place of key and
 * value, {"b64":"…"} within headers. null: no key, a tombstone, a header without a value. A
 * timestamp of -1: none.
 */
import { isUtf8 } from 'node:buffer';
import { safeJson } from '../escape.js';
import { viewBuffer } from './plain-formats.js';
import type { RecordFormat } from './record-format.js';

/** What JSON must escape, and what could drive a terminal or end a line in some reader. */
const NEEDS_ESCAPE =
  /["\\\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;

export const jsonFormat: RecordFormat = {
  isDelimited: true,
  isRaw: false,
  isSafe: true,
  // One string and one write for a record: each call into the buffer costs more than the joining.
  write(record, out) {
    const { partition, offset, timestamp, headers } = record;
    const pairs = headers.map(({ key, value }) => `[${jsonOf(key)},${jsonOf(value)}]`).join(',');
    out.appendUtf8(
      `{"topic":${quoteJson(record.topic)},"partition":${partition},"offset":${offset},` +
        `"timestamp":${timestamp},${memberOf('key', record.key)},${memberOf('value', record.value)},` +
        `"headers":[${pairs}]}`,
    );
  },
};

/** `bytes` as a JSON value of their own: a string, null, or {"b64":"…"} for what is not UTF-8. */
export function jsonOf(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const buffer = viewBuffer(bytes);
  return isUtf8(buffer) ? quoteJson(buffer.toString()) : `{"b64":"${buffer.toString('base64')}"}`;
}

function memberOf(name: string, bytes: Uint8Array | null): string {
  if (bytes === null) return `"${name}":null`;
  const buffer = viewBuffer(bytes);
  return isUtf8(buffer)
    ? `"${name}":${quoteJson(buffer.toString())}`
    : `"${name}_b64":"${buffer.toString('base64')}"`;
}

/** Most text needs no escape, and looking is cheaper than JSON.stringify. */
function quoteJson(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return safeJson(text);
}
