import { describe, expect, test } from '@jest/globals';
import {
  DataDirectoryPaths,
  topicOfFileName,
} from '../../../src/core/topic/data-directory-paths.js';

const paths = new DataDirectoryPaths({ root: '/d', broker: 'brokers/0' });

describe('the paths of a data directory', () => {
  test('are those of the layout', () => {
    expect(Object.fromEntries(Object.entries(paths))).toEqual({
      root: '/d',
      spoolFile: '/d/spool.json',
      topics: '/d/topics',
      groups: '/d/groups',
      partitions: '/d/partitions',
      locks: '/d/locks',
      groupLocks: '/d/locks/groups',
      registryLock: '/d/locks/registry',
      broker: '/d/brokers/0',
      log: '/d/brokers/0/log',
      metaProperties: '/d/brokers/0/log/meta.properties',
      brokerLock: '/d/brokers/0/log/.lock',
      tmp: '/d/brokers/0/tmp',
      trash: '/d/brokers/0/trash',
      directories: [
        '/d/topics',
        '/d/groups',
        '/d/partitions',
        '/d/locks',
        '/d/locks/groups',
        '/d/brokers',
        '/d/brokers/0',
        '/d/brokers/0/log',
        '/d/brokers/0/tmp',
        '/d/brokers/0/trash',
      ],
    });
  });

  test('of a topic bear its name', () => {
    expect(paths.topicFile('a.b')).toBe('/d/topics/a.b.json');
    expect(paths.partition({ topic: 'a.b', partition: 7 })).toBe('/d/brokers/0/log/a.b-7');
    expect(paths.controlFile({ topic: 'a.b', partition: 7 })).toBe('/d/partitions/a.b-7');
  });

  test.each(['../x', '.', '..', 'a/b', 'a\0', ''])('never lead out of it: %j', (topic) => {
    const invalid = expect.objectContaining({ code: 'INVALID_TOPIC' });
    expect(() => paths.topicFile(topic)).toThrow(invalid);
    expect(() => paths.partition({ topic, partition: 0 })).toThrow(invalid);
    expect(() => paths.controlFile({ topic, partition: 0 })).toThrow(invalid);
  });

  test('fit into 255 bytes a name for the longest topic and ten thousand partitions', () => {
    const topic = 'a'.repeat(249);
    for (const path of [paths.topicFile(topic), paths.partition({ topic, partition: 9999 })]) {
      expect(path.split('/').at(-1)!.length).toBeLessThanOrEqual(255);
    }
  });
});

test.each([
  ['orders.json', 'orders'],
  ['.tmp-x.json', '.tmp-x'],
  ['a.json.json', 'a.json'],
  ['.tmp-0123456789abcdef', undefined],
  ['.deleted-AbCdEfGhSxKaLmNoPqRsTw', undefined],
])('the file %s is that of topic %s', (name, topic) => {
  expect(topicOfFileName(name)).toBe(topic);
});
