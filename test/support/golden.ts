/**
 * Bytes written by Kafka itself, which lie beside the checkout where they are present, and the form in
 * which Kafka's own reader told what it decoded from them (`*.expected.jsonl`).
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from '@jest/globals';
import { RecordBatch } from '../../src/core/batch/record-batch.js';
import { RecordCursor } from '../../src/core/batch/record-cursor.js';
import type { LogRecord } from '../../src/core/batch/record.js';

const TEST_DIRECTORY = dirname(dirname(fileURLToPath(import.meta.url)));
const GOLDEN_DIRECTORY = resolve(TEST_DIRECTORY, '../../shared/golden');

export const hasGolden = existsSync(GOLDEN_DIRECTORY);

/** A test that needs the golden folder; without it, skipped under a name that says so. */
export function goldenTest(name: string, body: () => void | Promise<void>): void {
  if (hasGolden) test(name, body);
  else test.skip(`${name} (skipped: the folder ../shared/golden is absent)`, body);
}

export function readGolden(path: string): Buffer {
  return readFileSync(join(GOLDEN_DIRECTORY, path));
}

export function readGoldenLines<T>(path: string): T[] {
  return readGolden(path)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** `<folder>/<name>` of every golden file with this ending, without the ending. */
export function listGolden(directory: string, suffix: string): string[] {
  if (!hasGolden) return [];
  const root = join(GOLDEN_DIRECTORY, directory);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(suffix))
    .map((path) => join(directory, path.slice(0, -suffix.length)))
    .sort();
}

/** Long bytes are told by length and hash. */
export type ExpectedBytes = { hex: string } | { len: number; sha256: string } | null;

export interface ExpectedRecord {
  readonly offset: number;
  readonly ts: number;
  readonly seq: number;
  readonly key: ExpectedBytes;
  readonly value: ExpectedBytes;
  readonly headers: readonly { readonly keyHex: string; readonly value: ExpectedBytes }[];
}

export interface ExpectedBatch {
  readonly position: number;
  readonly size: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly leaderEpoch: number;
  readonly crc: number;
  readonly codec: string;
  readonly timestampType: string;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly deleteHorizonMs: number | null;
  readonly records: readonly ExpectedRecord[];
}

/** What this program reads at `at`, in Kafka's form. */
export function decodeBatch(bytes: Buffer, at: number): ExpectedBatch {
  const batch = new RecordBatch(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at);
  const cursor = new RecordCursor();
  const records: ExpectedRecord[] = [];
  cursor.open(bytes, at);
  while (cursor.next()) records.push(describeRecord(cursor.viewRecord(), cursor.sequence));
  return {
    position: at,
    size: batch.sizeBytes,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    count: batch.recordsCount,
    leaderEpoch: batch.partitionLeaderEpoch,
    crc: batch.crc,
    codec: batch.compression,
    timestampType: batch.timestampType,
    maxTimestamp: batch.maxTimestamp,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    transactional: batch.isTransactional,
    control: batch.isControl,
    deleteHorizonMs: batch.deleteHorizonMs ?? null,
    records,
  };
}

export function describeRecord(record: LogRecord, sequence: number): ExpectedRecord {
  return {
    offset: record.offset,
    ts: record.timestamp,
    seq: sequence,
    key: describeBytes(record.key),
    value: describeBytes(record.value),
    headers: record.headers.map(({ key, value }) => ({
      keyHex: Buffer.from(key).toString('hex'),
      value: describeBytes(value),
    })),
  };
}

function describeBytes(bytes: Uint8Array | null): ExpectedBytes {
  if (bytes === null) return null;
  if (bytes.length <= 64) return { hex: Buffer.from(bytes).toString('hex') };
  return { len: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
