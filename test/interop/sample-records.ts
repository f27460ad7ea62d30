/** Records with every shape that has bitten somebody, the same on every run. */
import type { ProducerStep } from './kafka-clients.js';

export interface SampleRecord {
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [string, Uint8Array | null])[];
}

/** 2026-01-01T00:00:00Z: long past, so that no limit on future timestamps is met. */
export const SAMPLE_START_MS = 1_767_225_600_000;

const bytes = (text: string) => Buffer.from(text, 'utf8');

/** Null and empty keys and values, a tombstone, bytes that are not UTF-8, headers, time going back. */
export function oddRecords(): SampleRecord[] {
  const at = (ms: number) => SAMPLE_START_MS + ms;
  return [
    { timestamp: at(5), key: bytes('k1'), value: bytes('v1'), headers: [['h', bytes('1')]] },
    { timestamp: at(1), key: null, value: bytes('no key'), headers: [] },
    { timestamp: at(9), key: bytes('tombstone'), value: null, headers: [] },
    { timestamp: at(2), key: bytes(''), value: bytes(''), headers: [] },
    { timestamp: at(2), key: null, value: null, headers: [] },
    { timestamp: at(7), key: bytes('ключ'), value: bytes('naïve ☃ 𝄞\n\t\r'), headers: [] },
    { timestamp: at(8), key: Buffer.of(0xff, 0xfe), value: Buffer.of(0, 0xff, 0x80), headers: [] },
    {
      timestamp: at(9),
      key: bytes('headers'),
      value: bytes('twice, null, empty'),
      headers: [
        ['twice', bytes('a')],
        ['twice', bytes('b')],
        ['null', null],
        ['', bytes('')],
        ['ü', Buffer.of(0xc3)],
      ],
    },
  ];
}

/** One record a call of the shape that shells write: small JSON. `index` also moves the clock. */
export function plainRecord(index: number): SampleRecord {
  return {
    timestamp: SAMPLE_START_MS + 1000 * index,
    key: bytes(`user-${index % 7}`),
    value: bytes(`{"id":${index},"event":"${index % 3 === 0 ? 'opened' : 'closed'}"}`),
    headers: [],
  };
}

export function plainRecords(from: number, to: number): SampleRecord[] {
  return Array.from({ length: to - from }, (_, i) => plainRecord(from + i));
}

/** More than one LZ4 block (64 KiB) and snappy chunk (32 KiB), but small when compressed. */
export function largeRecord(sizeBytes: number): SampleRecord {
  const line = bytes('{"host":"db-1","level":"info","text":"checkpoint complete"}\n');
  return {
    timestamp: SAMPLE_START_MS + 20,
    key: bytes('large'),
    value: Buffer.alloc(sizeBytes, line),
    headers: [],
  };
}

/** Plain ones, each with 32 bytes that no codec makes smaller: their size hardly depends on it. */
export function incompressibleRecords(from: number, to: number): SampleRecord[] {
  return plainRecords(from, to).map((record, i) => ({ ...record, value: noise(32, from + i + 1) }));
}

export function noiseRecord(sizeBytes: number): SampleRecord {
  const timestamp = SAMPLE_START_MS + 21;
  return { timestamp, key: bytes('noise'), value: noise(sizeBytes, sizeBytes), headers: [] };
}

/** Bytes that no codec makes smaller: xorshift32 from a seed, which must not be 0. */
function noise(sizeBytes: number, seed: number): Uint8Array {
  const filled = Buffer.alloc(sizeBytes);
  let state = Math.imul(seed, 0x9e3779b1);
  for (let at = 0; at < sizeBytes; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    filled[at] = state & 0xff;
  }
  return filled;
}

/** Sends the records to partition 0 as one batch. */
export function sendBatch(topic: string, records: readonly SampleRecord[]): ProducerStep[] {
  const base64 = (data: Uint8Array | null) =>
    data === null ? null : Buffer.from(data).toString('base64');
  const sends = records.map((record): ProducerStep => ({
    step: 'send',
    topic,
    partition: 0,
    timestamp: record.timestamp,
    key: base64(record.key),
    value: base64(record.value),
    headers: record.headers.map(([name, value]) => [name, base64(value)] as const),
  }));
  return [...sends, { step: 'flush' }];
}
