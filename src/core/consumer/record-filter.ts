/** Which records are given out; all conditions must hold. */
import type { ConsumedRecord } from './consumed-record.js';

export interface RecordFilter {
  /** The key is exactly these bytes. */
  readonly key?: Uint8Array | undefined;
  /** Matches the value, read as UTF-8. */
  readonly grep?: RegExp | undefined;
  /** A header of that name is there, with that value if one is given. */
  readonly headers?: readonly { readonly name: string; readonly value: string | undefined }[];
}

export function passes(record: ConsumedRecord, filter: RecordFilter): boolean {
  const { key, grep, headers } = filter;
  if (key !== undefined && !isSame(record.key, key)) return false;
  if (grep !== undefined && !grep.test(text(record.value))) return false;
  return headers === undefined || headers.every((wanted) => hasHeader(record, wanted));
}

function hasHeader(
  record: ConsumedRecord,
  wanted: { readonly name: string; readonly value: string | undefined },
): boolean {
  return record.headers.some(
    ({ key, value }) =>
      text(key) === wanted.name && (wanted.value === undefined || text(value) === wanted.value),
  );
}

function isSame(bytes: Uint8Array | null, wanted: Uint8Array): boolean {
  return bytes !== null && Buffer.compare(bytes, wanted) === 0;
}

function text(bytes: Uint8Array | null): string {
  if (bytes === null) return '';
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
