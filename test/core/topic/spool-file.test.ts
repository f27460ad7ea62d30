import { describe, expect, test } from '@jest/globals';
import { formatSpoolFile, parseSpoolFile } from '../../../src/core/topic/spool-file.js';
import { formatStateFile } from '../../../src/core/topic/state-file.js';

const CLUSTER = 'AbCdEfGhSxKaLmNoPqRsTw';
const good = { clusterId: CLUSTER, lockProtocol: 'kernel', brokers: { 0: { path: 'brokers/0' } } };
const parse = (fields: object) => parseSpoolFile(formatStateFile(1, fields), '/d/spool.json');

describe('spool.json', () => {
  test('reads back what was written, brokers in order', () => {
    const brokers = [
      { id: 0, path: 'brokers/0' },
      { id: 10, path: 'brokers/10' },
    ];
    const bytes = formatSpoolFile({ clusterId: CLUSTER, lockProtocol: 'lockfile', brokers });
    expect(parseSpoolFile(bytes, '/d/spool.json')).toEqual({
      clusterId: CLUSTER,
      lockProtocol: 'lockfile',
      brokers,
    });
  });

  test.each([
    ['no cluster id', { ...good, clusterId: undefined }],
    ['a reserved cluster id', { ...good, clusterId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['an unknown lock protocol', { ...good, lockProtocol: 'flock' }],
    ['no brokers', { ...good, brokers: {} }],
    ['brokers that are no object', { ...good, brokers: [] }],
    ['a broker without a place', { ...good, brokers: { 0: {} } }],
    ['a broker that is no number', { ...good, brokers: { x: { path: 'brokers/x' } } }],
    ['a broker outside', { ...good, brokers: { 0: { path: '../elsewhere' } } }],
    ['a broker at an absolute place', { ...good, brokers: { 0: { path: '/etc' } } }],
    ['a broker by a detour', { ...good, brokers: { 0: { path: 'a/../../b' } } }],
    ['a broker at the root itself', { ...good, brokers: { 0: { path: '.' } } }],
    ['a NUL in a place', { ...good, brokers: { 0: { path: 'a\0b' } } }],
  ])('with %s is damaged', (_, fields) => {
    expect(() => parse(fields)).toThrow(expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }));
  });
});
