import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  formatPartitionMetadata,
  parsePartitionMetadata,
} from '../../../src/core/topic/partition-metadata.js';

const ID = 'AbCdEfGhSxKaLmNoPqRsTw';
const parse = (text: string) => parsePartitionMetadata(Buffer.from(text), '/p/partition.metadata');

describe('partition.metadata', () => {
  test('has 43 bytes and no final newline', () => {
    const bytes = formatPartitionMetadata(ID);
    expect(bytes).toHaveLength(43);
    expect(Buffer.from(bytes).toString()).toBe(`version: 0\ntopic_id: ${ID}`);
  });

  test.each([
    ['as written', `version: 0\ntopic_id: ${ID}`],
    ['after an editor added a newline', `version: 0\ntopic_id: ${ID}\n`],
    ['with Windows line ends', `version: 0\r\ntopic_id: ${ID}\r\n`],
  ])('gives the topic id %s', (_, text) => {
    expect(parse(text)).toBe(ID);
  });

  test.each([
    ['nothing in it', ''],
    ['zeros', '\0'.repeat(43)],
    ['another version', `version: 1\ntopic_id: ${ID}`],
    ['a short id', 'version: 0\ntopic_id: AbCd'],
    ['a reserved id', 'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ'],
    ['no id', 'version: 0\n'],
    ['a second id', `version: 0\ntopic_id: ${ID}\ntopic_id: ${ID}`],
  ])('with %s is damaged', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
  });
});

const GOLDEN = '../shared/golden/kafka-generated/epochs-0/partition.metadata';
(existsSync(GOLDEN) ? test : test.skip)('partition.metadata has the bytes of a broker', () => {
  const bytes = readFileSync(GOLDEN);
  expect(Buffer.from(formatPartitionMetadata(parsePartitionMetadata(bytes, GOLDEN)))).toEqual(
    bytes,
  );
});
