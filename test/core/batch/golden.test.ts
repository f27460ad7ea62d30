/** What Kafka wrote is read as Kafka reads it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { checkBatchHeader } from '../../../src/core/batch/batch-header.js';
import { RecordBatch } from '../../../src/core/batch/record-batch.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import type { ExpectedBatch } from '../../support/golden.js';
import {
  decodeBatch,
  goldenTest,
  hasGolden,
  listGolden,
  readGolden,
  readGoldenLines,
} from '../../support/golden.js';

const FIXTURES = resolve(dirname(fileURLToPath(import.meta.url)), '../../fixtures/batches');

interface Fixture {
  readonly description: string;
  readonly hex: string;
  readonly expected: ExpectedBatch;
}

function decodeAll(bytes: Buffer): ExpectedBatch[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const batch = new RecordBatch(view);
  const decoded: ExpectedBatch[] = [];
  for (let at = 0; at < bytes.length; at += batch.sizeBytes) {
    expect(checkBatchHeader(view, at, bytes.length - at)).toBeUndefined();
    batch.moveTo(at);
    expect(batch.hasValidCrc()).toBe(true);
    decoded.push(decodeBatch(bytes, at));
  }
  return decoded;
}

describe('batches of the fixtures', () => {
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));

  test('there are some', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  test.each(files)('%s decodes to what it says', (name) => {
    const fixture = JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as Fixture;
    expect(decodeAll(Buffer.from(fixture.hex, 'hex'))).toEqual([fixture.expected]);
  });
});

describe("segments that Kafka's own classes wrote", () => {
  const segments = listGolden('kafka-generated', '.expected.jsonl');

  if (!hasGolden) goldenTest('all of them decode exactly', () => undefined);
  for (const segment of segments) {
    goldenTest(`${segment}.log decodes exactly`, () => {
      expect(decodeAll(readGolden(`${segment}.log`))).toEqual(
        readGoldenLines<ExpectedBatch>(`${segment}.expected.jsonl`),
      );
    });
  }
});

describe('answers of real brokers to fetch requests', () => {
  /** The batches follow the int32 -1 (no aborted transactions) and their size. */
  function recordsOf(path: string): Buffer {
    const response = Buffer.from(readGolden(path).toString('latin1').replace(/\s/g, ''), 'hex');
    return response.subarray(response.indexOf('ffffffff', 0, 'hex') + 8);
  }

  goldenTest('a plain batch, a gzip batch and several of them', () => {
    for (const [name, codecs] of [
      ['v2-v2', ['none', 'none']],
      ['v2c-v2c', ['gzip', 'gzip']],
      ['v2c-v2-v2c', ['gzip', 'none', 'gzip']],
    ] as const) {
      const batches = decodeAll(recordsOf(`mit/segmentio-kafka-go/${name}.hex`));
      expect(batches.map(({ codec }) => codec)).toEqual(codecs);
      for (const batch of batches) {
        expect(batch.records).toHaveLength(batch.count);
        expect(batch.records.at(-1)?.offset).toBe(batch.lastOffset);
      }
    }
  });

  goldenTest('a message of format v1 behind a batch is named, not misread', () => {
    for (const name of ['v2b-v1', 'v2bc-v1']) {
      const bytes = recordsOf(`mit/segmentio-kafka-go/${name}.hex`);
      const first = decodeBatch(bytes, 0);
      const cursor = new RecordCursor();
      expect(() => cursor.open(bytes, first.size)).toThrow(
        expect.objectContaining({
          code: 'UNSUPPORTED_FOR_MESSAGE_FORMAT',
          message: expect.stringContaining('v1'),
        }),
      );
    }
  });
});

describe('batches of kafkajs', () => {
  function kafkajsBatch(name: string): Buffer {
    const { data } = JSON.parse(readGolden(`mit/kafkajs/${name}.json`).toString()) as {
      data: number[];
    };
    return Buffer.from(data);
  }

  goldenTest('one with a producer epoch but no producer id is read', () => {
    const [batch] = decodeAll(kafkajsBatch('v0_recordbatch'));
    expect(batch).toMatchObject({ codec: 'gzip', count: 1, producerId: -1, producerEpoch: 0 });
    expect(batch?.records).toHaveLength(1);
  });

  goldenTest('zstd under the name of no codec ends in an error, although the CRC is right', () => {
    const bytes = kafkajsBatch('v0_recordbatch_zstd');
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    expect(new RecordBatch(view).hasValidCrc()).toBe(true);
    expect(() => decodeBatch(bytes, 0)).toThrow(
      expect.objectContaining({
        code: 'CORRUPT_MESSAGE',
        details: expect.objectContaining({ reason: expect.any(String), at: expect.any(Number) }),
      }),
    );
  });
});
