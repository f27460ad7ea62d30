import { describe, expect, test } from '@jest/globals';
import {
  formatMetaProperties,
  parseMetaProperties,
} from '../../../src/core/topic/meta-properties.js';

const ID = 'AbCdEfGhSxKaLmNoPqRsTw';
const DIRECTORY = 'ZbCdEfGhSxKaLmNoPqRsTw';
const parse = (text: string) => parseMetaProperties(Buffer.from(text), '/log/meta.properties');

describe('meta.properties', () => {
  test('is written in version 1', () => {
    const bytes = formatMetaProperties({ nodeId: 0, clusterId: ID, directoryId: DIRECTORY });
    expect(Buffer.from(bytes).toString()).toBe(
      `#\nversion=1\nnode.id=0\ncluster.id=${ID}\ndirectory.id=${DIRECTORY}\n`,
    );
    expect(parseMetaProperties(bytes, '/x')).toEqual({
      version: 1,
      nodeId: 0,
      clusterId: ID,
      directoryId: DIRECTORY,
    });
  });

  test("of Kafka's own hand is read, date and all", () => {
    const text = `#\n#Sun Nov 22 14:33:00 UTC 2026\ncluster.id=${ID}\nnode.id=7\nversion=1\n`;
    expect(parse(text)).toEqual({ version: 1, nodeId: 7, clusterId: ID, directoryId: null });
  });

  test.each([
    ['version=0\nbroker.id=3\n', { version: 0, nodeId: 3, clusterId: null, directoryId: null }],
    ['broker.id=3\ncluster.id=x', { version: 0, nodeId: 3, clusterId: 'x', directoryId: null }],
    ['', { version: 0, nodeId: null, clusterId: null, directoryId: null }],
  ])('of version 0 is read: %j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ['no node id', `version=1\ncluster.id=${ID}`],
    ['a broker id instead', `version=1\nbroker.id=1\ncluster.id=${ID}`],
    ['no cluster id', 'version=1\nnode.id=1'],
    ['a node id that is no number', `version=1\nnode.id=x\ncluster.id=${ID}`],
    ['a negative node id', `version=1\nnode.id=-1\ncluster.id=${ID}`],
    ['a broken directory id', `version=1\nnode.id=1\ncluster.id=${ID}\ndirectory.id=x`],
    [
      'a reserved directory id',
      `version=1\nnode.id=1\ncluster.id=${ID}\ndirectory.id=AAAAAAAAAAAAAAAAAAAAYw`,
    ],
    ['a broken escape', `version=1\nnode.id=1\ncluster.id=\\u00`],
  ])('with %s is damaged', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
  });

  test('may have the first directory id that is not reserved', () => {
    const text = `version=1\nnode.id=1\ncluster.id=${ID}\ndirectory.id=AAAAAAAAAAAAAAAAAAAAZA`;
    expect(parse(text).directoryId).toBe('AAAAAAAAAAAAAAAAAAAAZA');
  });

  test('of a later version is refused by that name', () => {
    expect(() => parse('version=2')).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_UNKNOWN_FORMAT',
        message: expect.stringMatching(/"2"/),
      }),
    );
  });
});
