import { describe, expect, test } from '@jest/globals';
import { formatStateFile } from '../../../src/core/topic/state-file.js';
import {
  checkPartitionCount,
  formatTopicFile,
  parseTopicFile,
  PARTITIONS_MAX,
  TOPIC_FILE_LIMIT_BYTES,
} from '../../../src/core/topic/topic-file.js';

const state = { replicas: [0], leader: 0, leaderEpoch: 0 };
const topic = {
  topic: 'orders',
  topicId: 'AbCdEfGhSxKaLmNoPqRsTw',
  createdMs: 1_700_000_000_000,
  config: { 'retention.ms': '604800000' },
  partitions: [state, { replicas: [1, 0], leader: 1, leaderEpoch: 7 }],
};

describe('a topic file', () => {
  test('reads back what was written', () => {
    expect(parseTopicFile(formatTopicFile(topic), '/t')).toEqual(topic);
  });

  test('keeps an unknown config, which a newer program may have set', () => {
    const newer = { ...topic, config: { 'new.config': 'x' } };
    expect(parseTopicFile(formatTopicFile(newer), '/t').config).toEqual({ 'new.config': 'x' });
  });

  test('of the largest topic is within the limit', () => {
    const partitions = Array.from({ length: PARTITIONS_MAX }, () => state);
    const bytes = formatTopicFile({ ...topic, partitions });
    expect(bytes.length * 10).toBeLessThan(TOPIC_FILE_LIMIT_BYTES);
  });

  test.each([
    ['no name', { topic: 1 }],
    ['a broken id', { topicId: 'x' }],
    ['a reserved id', { topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['no time', { createdMs: null }],
    ['a config that is no text', { config: { 'retention.ms': 1 } }],
    ['no config', { config: [] }],
    ['no partitions', { partitions: [] }],
    ['a partition without replicas', { partitions: [{ ...state, replicas: [] }] }],
    ['a negative leader', { partitions: [{ ...state, leader: -1 }] }],
    ['half an epoch', { partitions: [{ ...state, leaderEpoch: 0.5 }] }],
  ])('with %s is damaged', (_, fields) => {
    const bytes = formatStateFile(1, { ...topic, ...fields });
    expect(() => parseTopicFile(bytes, '/t')).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_DAMAGED',
        details: expect.objectContaining({ path: '/t' }),
      }),
    );
  });
});

test.each([0, -1, 1.5, Number.NaN, PARTITIONS_MAX + 1, Infinity])(
  'a topic cannot have %s partitions',
  (count) => {
    expect(() => checkPartitionCount('t', count)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARTITIONS' }),
    );
  },
);

test('a topic can have one partition and ten thousand', () => {
  expect(() => checkPartitionCount('t', 1)).not.toThrow();
  expect(() => checkPartitionCount('t', 10_000)).not.toThrow();
});
