import { expect, test } from '@jest/globals';
import { describeTopic } from '../../../src/core/cluster/topic-description.js';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { OpenTopic } from '../../../src/core/topic/open-topic.js';
import { environment } from '../../support/log-fixture.js';
import { ROOT, newFileSystem, openRegistry, topicOf } from '../topic/registry-fixture.js';

test('a description has every config, says which are overrides and which change nothing', async () => {
  const fs = await newFileSystem();
  const registry = openRegistry(fs);
  const config = { 'retention.ms': '1h', preallocate: 'true' };
  await registry.createTopic(topicOf('orders', { config }));
  const env = environment(fs);
  const topic = new OpenTopic(env, openDataDirectory(fs, ROOT), registry, 'orders');
  const described = describeTopic(env, topic);
  const of = (name: string): unknown => described.config.find((row) => row.name === name);
  expect(of('retention.ms')).toEqual({
    name: 'retention.ms',
    value: '3600000',
    isOverride: true,
    ignored: null,
  });
  expect(of('retention.bytes')).toMatchObject({ value: '-1', isOverride: false });
  expect(of('preallocate')).toMatchObject({ isOverride: true, ignored: expect.any(String) });
});
