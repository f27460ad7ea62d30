import { beforeEach, describe, expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { OpenTopic } from '../../../src/core/topic/open-topic.js';
import type { TopicRegistry } from '../../../src/core/topic/topic-registry.js';
import { NO_WAIT, batchOf, codeOf, environment } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { ROOT, newFileSystem, openRegistry, topicOf } from './registry-fixture.js';

let fs: MemoryFileSystem;
let registry: TopicRegistry;

beforeEach(async () => {
  fs = await newFileSystem();
  registry = openRegistry(fs);
  await registry.createTopic(topicOf('orders', { partitions: 2 }));
});

function open(): OpenTopic {
  return new OpenTopic(environment(fs), openDataDirectory(fs, ROOT), registry, 'orders');
}

describe('a topic that is in use', () => {
  test('follows a change of its config', async () => {
    const topic = open();
    await registry.alterConfig('orders', { set: { 'max.message.bytes': '2000' }, unset: [] });
    expect(topic.config.maxMessageBytes).not.toBe(2000);
    topic.checkStillOurs();
    expect(topic.config.maxMessageBytes).toBe(2000);
  });

  test('is told when it was deleted, or made anew under its name', async () => {
    const topic = open();
    await registry.deleteTopic('orders');
    expect(() => topic.checkStillOurs()).toThrow(/deleted meanwhile/);
    await registry.createTopic(topicOf('orders', { partitions: 2 }));
    expect(() => topic.checkStillOurs()).toThrow(/deleted meanwhile/);
    expect(() => open().checkStillOurs()).not.toThrow();
  });

  test('takes no append for a topic that has gone', async () => {
    const writer = open().openWriter(0);
    await registry.deleteTopic('orders');
    const append = (): Promise<void> => writer.append([batchOf(['x'])], NO_WAIT, () => undefined);
    expect(['UNKNOWN_TOPIC_ID', 'FENCED', 'FILE_NOT_FOUND']).toContain(await codeOf(append));
  });

  test('names the partitions that there are', () => {
    expect(() => open().location(2)).toThrow(/no partition 2/);
    expect(() => open().location(-1)).toThrow(/no partition -1/);
    expect(open().location(1).directory).toMatch(/orders-1$/);
  });
});
