/** Partition folders that Kafka wrote, read and written on as a whole log. */
import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { LogReader } from '../../../src/core/log/log-reader.js';
import { segmentPath } from '../../../src/core/segment/file-names.js';
import {
  LOCATION,
  appendSynced,
  batchOf,
  contentOf,
  createPartition,
  environment,
  fileOf,
  openWriter,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures/kafka-4.3.1');

interface Told {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers: readonly { readonly key: unknown; readonly value: unknown }[];
}

function told(name: string): Told[] {
  const text = readFileSync(join(FIXTURES, name, 'read_uncommitted.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
}

function describeBytes(bytes: Uint8Array | null): unknown {
  if (bytes === null) return null;
  if (bytes.length <= 64) return Buffer.from(bytes).toString('base64');
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function folder(name: string): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  for (const file of fs.list(LOCATION.directory)) fs.removeFile(`${LOCATION.directory}/${file}`);
  for (const file of readdirSync(join(FIXTURES, name, 'partition'))) {
    const bytes = readFileSync(join(FIXTURES, name, 'partition', file));
    fileOf(fs, `${LOCATION.directory}/${file}`, bytes).sync();
  }
  fs.syncDirectory(LOCATION.directory);
  return fs;
}

function readerOf(fs: MemoryFileSystem): LogReader {
  return new LogReader({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: true });
}

function readAll(fs: MemoryFileSystem, from: number): Told[] {
  const cursor = readerOf(fs).openAt(from);
  const records = new RecordCursor();
  const found: Told[] = [];
  while (cursor.next()) {
    if (cursor.batch.isControl) continue;
    records.open(cursor.bytes, cursor.at);
    while (records.next()) {
      if (records.offset < from) continue;
      const { offset, timestamp, key, value, headers } = records.viewRecord();
      found.push({
        offset,
        timestamp,
        key: describeBytes(key),
        value: describeBytes(value),
        headers: headers.map((header) => ({
          key: Buffer.from(header.key).toString(),
          value: describeBytes(header.value),
        })),
      });
    }
  }
  cursor.close();
  return found;
}

const NAMES = readdirSync(FIXTURES).filter((name) => !name.includes('.'));

test('there are fixtures', () => {
  expect(NAMES.length).toBeGreaterThan(8);
});

describe.each(NAMES)('%s', (name) => {
  const bare = ({ offset, timestamp, key, value }: Told): unknown => ({
    offset,
    timestamp,
    key,
    value,
  });

  test('is read as the consumer of Kafka reads it, from any offset', () => {
    const fs = folder(name);
    const expected = told(name).map(bare);
    const start = readerOf(fs).logStartOffset;
    expect(readAll(fs, start).map(bare)).toEqual(expected);
    for (const at of [1, Math.floor(expected.length / 2), expected.length - 1]) {
      const { offset } = told(name)[at]!;
      expect(readAll(fs, offset).map(bare)).toEqual(expected.slice(at));
    }
  });

  test('finds a time as a scan from the first record does', () => {
    const fs = folder(name);
    const records = told(name);
    for (const { timestamp } of records.filter((_, at) => at % 7 === 0)) {
      const first = records.find((record) => record.timestamp >= timestamp);
      expect(readerOf(fs).offsetForTimestamp(timestamp)?.offset).toBe(first?.offset);
    }
  });

  test('is written on at its end, its indexes made right', async () => {
    const fs = folder(name);
    const { offset: end } = readerOf(fs).findEnd();
    const base = readerOf(fs).baseOffsets().at(-1)!;
    const writer = openWriter(environment(fs), { retentionMs: Infinity });
    const [appended] = await appendSynced(writer, [batchOf(['next'])]);
    writer.close();
    expect(appended?.baseOffset).toBe(end);
    expect(readAll(fs, end)).toMatchObject([{ offset: end }]);
    // A killed broker leaves padding.
    const index = contentOf(fs, segmentPath(LOCATION.directory, base, '.index'));
    expect(index.length === 0 || index.subarray(-8).some((byte) => byte !== 0)).toBe(true);
  });
});
