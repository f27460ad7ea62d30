import { expect, test } from '@jest/globals';
import type { PartitionDescription, TopicDescription } from '../../src/core/index.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { topicDescriptionView } from '../../src/view/topic-description.js';
import { topicDocument } from '../../src/view/topic-document.js';

function described(partition: Partial<PartitionDescription> = {}): TopicDescription {
  return {
    topic: 'orders',
    topicId: 'id',
    createdMs: 0,
    partitions: [
      {
        partition: 0,
        leader: 0,
        replicas: [0],
        logStartOffset: 5,
        logEndOffset: 12,
        sizeBytes: 2048,
        segments: 2,
        newestTimestamp: 1000,
        writer: null,
        ...partition,
      },
    ],
    config: [
      { name: 'flush.ms', value: '1', isOverride: true, ignored: 'no need' },
      { name: 'preallocate', value: 'false', isOverride: false, ignored: 'never' },
    ],
  };
}

test('times are RFC 3339 in UTC, and null for what no calendar has', () => {
  const newest = (newestTimestamp: number) =>
    topicDocument(described({ newestTimestamp })).partitions[0]?.newestTimestamp;
  expect(newest(1000)).toBe('1970-01-01T00:00:01.000Z');
  expect(newest(-1)).toBeNull();
  expect(newest(253_402_300_799_999)).toBe('9999-12-31T23:59:59.999Z');
  expect(newest(253_402_300_800_000)).toBeNull();
  expect(newest(Number.MAX_SAFE_INTEGER)).toBeNull();
});

test('an ignored default needs no reason, an ignored override does', () => {
  expect(topicDocument(described(), { all: true })).toMatchObject({
    config: { 'flush.ms': '1' },
    ignoredConfig: { 'flush.ms': 'no need' },
    defaultConfig: { preallocate: 'false' },
  });
  expect(topicDocument(described())).not.toHaveProperty('defaultConfig');
});

test('who writes is shown, by name and process', () => {
  const writer = { pid: 7, command: 'produce', sinceMs: 2000 };
  const document = topicDocument(described({ writer }));
  expect(document.partitions[0]?.writer).toEqual({
    pid: 7,
    command: 'produce',
    since: '1970-01-01T00:00:02.000Z',
  });
  expect(topicDescriptionView([document], PLAIN_LOOK)).toContain('  produce (pid 7)\n');
});

test('several topics stand apart', () => {
  const topic = topicDocument(described());
  const text = topicDescriptionView([topic, topic], PLAIN_LOOK);
  expect(text.match(/^topic {4}orders$/gm)).toHaveLength(2);
  expect(text).toMatch(/ignored: no need\n\ntopic {4}orders\n/);
});
