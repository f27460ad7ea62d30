/**
 * The JSON envelope of one record, as `consume -F json` writes it:
 *
 *   topic, offset     accepted and not used
 *   partition         where the record was
 *   timestamp         milliseconds since the epoch, -1 = none; may be absent
 *   key, key_b64      text or base64 of any bytes; null or absent: no key
 *   value, value_b64  text or base64 of any bytes; null: a tombstone. One of the two must be there
 *   headers           [["name","value"], …]; a name that is not UTF-8 is {"b64":"…"}, so is a value; a
 *                     value may be null
 *
 * A string stands for its UTF-8. A key or value that is any other JSON is taken as it is written.
 */
import type { RecordHeader } from '../../core/batch/record.js';
import { didYouMean } from '../grammar/guess.js';
import { jsonMember } from '../../view/records/json-member.js';
import { isBase64 } from './encoded-records.js';
import type { InputRecord } from './record-input.js';

/** Why a line is no envelope. Becomes an INVALID_INPUT that names the line; never leaves this folder. */
export class EnvelopeError extends Error {
  readonly suggestion: string | undefined;

  constructor(reason: string, suggestion?: string) {
    super(reason);
    this.suggestion = suggestion;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

const FIELDS = [
  'topic', 'partition', 'offset', 'timestamp', 'key', 'key_b64', 'value', 'value_b64', 'headers',
]; // prettier-ignore

const EXAMPLE =
  'an envelope is like {"key":"k","value":"v"}; to store JSON lines as they are, leave out -F json';

const LONE_SURROGATE = /\p{Surrogate}/u;

export function parseEnvelope(json: string): InputRecord {
  const envelope = parseObject(json);
  for (const field in envelope) {
    if (!FIELDS.includes(field)) {
      const suggestion =
        'value' in envelope || 'value_b64' in envelope ? didYouMean(field, FIELDS) : EXAMPLE;
      throw new EnvelopeError(`unknown field ${JSON.stringify(field)}`, suggestion);
    }
  }
  if (!('value' in envelope) && !('value_b64' in envelope)) {
    throw new EnvelopeError('there is no "value" (a tombstone says "value":null)', EXAMPLE);
  }
  return {
    key: bytesOf(json, envelope, 'key'),
    value: bytesOf(json, envelope, 'value'),
    headers: headersOf(envelope['headers']),
    timestamp: integerOf(envelope, 'timestamp', -1),
    partition: integerOf(envelope, 'partition', 0),
  };
}

function parseObject(json: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    const reason = json.trim() === '' ? 'an empty line' : (error as SyntaxError).message;
    throw new EnvelopeError(`not JSON: ${reason}`, EXAMPLE);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
    return parsed as JsonObject;
  throw new EnvelopeError('not a JSON object', EXAMPLE);
}

function bytesOf(json: string, envelope: JsonObject, name: 'key' | 'value'): Uint8Array | null {
  const encoded = envelope[`${name}_b64`];
  const plain = envelope[name];
  if (encoded !== undefined) {
    if (plain !== undefined) throw new EnvelopeError(`both "${name}" and "${name}_b64" are there`);
    return bytesOfBase64(encoded, `${name}_b64`);
  }
  if (plain === undefined || plain === null) return null;
  if (typeof plain === 'string') return bytesOfText(plain, name);
  return bytesOfText(jsonMember(json, name) ?? JSON.stringify(plain), name);
}

function bytesOfText(text: string, name: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text);
  throw new EnvelopeError(
    `"${name}" has half a surrogate pair, which has no UTF-8`,
    'write such bytes as base64, in "value_b64", "key_b64" or {"b64":"…"}',
  );
}

function bytesOfBase64(text: unknown, name: string): Uint8Array {
  if (typeof text === 'string' && isBase64(text)) return Buffer.from(text, 'base64');
  throw new EnvelopeError(`"${name}" is not base64`);
}

function integerOf(envelope: JsonObject, name: string, min: number): number | undefined {
  const value = envelope[name];
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= min) return value as number;
  throw new EnvelopeError(`"${name}" is not a whole number from ${min} up`);
}

function headersOf(headers: unknown): RecordHeader[] {
  if (headers === undefined || headers === null) return [];
  if (Array.isArray(headers)) return headers.map(headerOf);
  throw new EnvelopeError('"headers" is not a list', 'headers are like [["name","value"]]');
}

function headerOf(header: unknown): RecordHeader {
  if (Array.isArray(header) && header.length === 2) {
    const key = headerBytesOf(header[0]);
    const value = header[1] === null ? null : headerBytesOf(header[1]);
    if (key !== undefined && value !== undefined) return { key, value };
  }
  throw new EnvelopeError(
    `${JSON.stringify(header)} is not a header`,
    'a header is ["name","value"], ["name",null] or ["name",{"b64":"…"}]',
  );
}

function headerBytesOf(part: unknown): Uint8Array | undefined {
  if (typeof part === 'string') return bytesOfText(part, 'headers');
  const isEncoded = typeof part === 'object' && part !== null && 'b64' in part;
  return isEncoded ? bytesOfBase64(part.b64, 'b64') : undefined;
}
