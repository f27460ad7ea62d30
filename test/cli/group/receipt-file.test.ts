import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReceipt } from '../../../src/cli/group/receipt.js';
import { writeReceipt } from '../../../src/cli/group/receipt-file.js';
import type { Receipt } from '../../../src/core/index.js';

const RECEIPT: Receipt = {
  clusterId: 'c',
  group: 'g',
  createdMs: 1,
  records: 2,
  ranges: [{ topic: 't', topicId: 'i', partition: 0, firstOffset: 3, endOffset: 5 }],
};
const { signal } = new AbortController();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-receipt-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('what was written is read, also over a longer one', async () => {
  const path = join(folder, 'r.json');
  writeFileSync(path, 'x'.repeat(10_000));
  await writeReceipt(path, RECEIPT, signal);
  expect(parseReceipt({ text: readFileSync(path, 'utf8'), sourceName: path })).toEqual(RECEIPT);
});

test.each([
  ['no/r.json', 'FILE_NOT_FOUND'],
  ['.', 'NOT_A_REGULAR_FILE'],
])('one that cannot be written is an error: %s', async (name, code) => {
  await expect(writeReceipt(join(folder, name), RECEIPT, signal)).rejects.toMatchObject({ code });
});

test('a full device is an error, and no receipt', async () => {
  await expect(writeReceipt('/dev/full', RECEIPT, signal)).rejects.toMatchObject({
    code: 'DISK_FULL',
  });
});
