import { describe, expect, test } from '@jest/globals';
import { AssertionError } from '../../../src/core/assert.js';
import {
  compareTopicPartitions,
  formatTopicPartition,
  parseTopicPartition,
} from '../../../src/core/topic/topic-partition.js';

describe('a topic partition', () => {
  test.each([
    ['orders-0', { topic: 'orders', partition: 0 }],
    ['a-b-c-12', { topic: 'a-b-c', partition: 12 }],
    ['-rf-3', { topic: '-rf', partition: 3 }],
    ['a--1', { topic: 'a-', partition: 1 }],
    ['x-2147483647', { topic: 'x', partition: 2147483647 }],
  ])('%s is written and read', (name, topicPartition) => {
    expect(parseTopicPartition(name)).toEqual(topicPartition);
    expect(formatTopicPartition(topicPartition)).toBe(name);
  });

  test.each([
    'orders',
    'orders-',
    '-0',
    'orders-00',
    'orders-01',
    'orders-x',
    'orders-1.5',
    'orders-2147483648',
    'orders-0-delete',
    'orders-0.0123456789abcdef-stray',
    '..-0/..-0',
    'or/ders-0',
    'orders-0\n',
    '..-0/',
    '',
  ])('%j is none', (name) => {
    expect(parseTopicPartition(name)).toBeUndefined();
  });

  test.each([
    ['../x', 0],
    ['x', -1],
    ['x', 1.5],
    ['x', Number.NaN],
  ])('a folder is never named after %s and %s', (topic, partition) => {
    expect(() => formatTopicPartition({ topic, partition })).toThrow(AssertionError);
  });

  test('is ordered by topic, then by number', () => {
    const sorted = ['b-1', 'a-10', 'a-9', 'B-0']
      .map((name) => parseTopicPartition(name)!)
      .sort(compareTopicPartitions)
      .map(formatTopicPartition);
    expect(sorted).toEqual(['B-0', 'a-9', 'a-10', 'b-1']);
  });
});
