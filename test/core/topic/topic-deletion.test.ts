import { describe, expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import {
  deleteTopicFiles,
  emptyTrash,
  finishDeletions,
} from '../../../src/core/topic/topic-deletion.js';
import { debrisIn, newFileSystem, openRegistry, ROOT, topicOf } from './registry-fixture.js';

async function withTopic() {
  const fs = await newFileSystem();
  const topic = await openRegistry(fs).createTopic(topicOf('t', { partitions: 2 }));
  return { fs, topic, directory: openDataDirectory(fs, ROOT) };
}

describe('deleting a topic', () => {
  test('takes its name away durably before anything else', async () => {
    const { fs, topic, directory } = await withTopic();
    const before = fs.trace.length;
    deleteTopicFiles(fs, directory, topic);
    const steps = fs.trace
      .slice(before)
      .map((step) => step.replaceAll(ROOT, '').replaceAll('/brokers/0', ''))
      .map((step) => step.replaceAll(topic.topicId, 'ID'));
    expect(steps).toEqual([
      'rename /topics/t.json -> /topics/.deleted-ID',
      'syncDirectory /topics',
      'rename /log/t-0 -> /trash/ID.0',
      'removeFile /partitions/t-0',
      'rename /log/t-1 -> /trash/ID.1',
      'removeFile /partitions/t-1',
      'syncDirectory /trash',
      'syncDirectory /log',
      'syncDirectory /partitions',
      'removeFile /topics/.deleted-ID',
      'syncDirectory /topics',
    ]);
  });

  test('frees the bytes when the trash is emptied', async () => {
    const { fs, topic, directory } = await withTopic();
    deleteTopicFiles(fs, directory, topic);
    expect(debrisIn(fs, directory)).toHaveLength(2);
    emptyTrash(fs, directory);
    expect(debrisIn(fs, directory)).toEqual([]);
  });

  test('is finished by others, however far it came', async () => {
    const { fs, topic, directory } = await withTopic();
    fs.rename(`${ROOT}/topics/t.json`, `${ROOT}/topics/.deleted-${topic.topicId}`);
    fs.removeFile(`${ROOT}/partitions/t-1`);
    finishDeletions(fs, directory);
    emptyTrash(fs, directory);
    expect(debrisIn(fs, directory)).toEqual([]);
  });

  test('is made durable by those who finish it before they move a folder', async () => {
    const { fs, topic, directory } = await withTopic();
    fs.rename(`${ROOT}/topics/t.json`, `${ROOT}/topics/.deleted-${topic.topicId}`);
    const before = fs.trace.length;
    finishDeletions(fs, directory);
    expect(fs.trace[before]).toBe(`syncDirectory ${ROOT}/topics`);
    expect(fs.trace[before + 1]).toMatch(/^rename/);
  });

  test('never takes a topic that is called like a deleted one', async () => {
    const { fs, directory } = await withTopic();
    await openRegistry(fs).createTopic(topicOf('.deleted-x'));
    finishDeletions(fs, directory);
    expect(openRegistry(fs).listTopics()).toEqual(['.deleted-x', 't']);
  });

  test('whose record is damaged is not finished by guessing', async () => {
    const { fs, directory } = await withTopic();
    fs.open(`${ROOT}/topics/.deleted-AbCdEfGhSxKaLmNoPqRsTw`, 'create').close();
    expect(() => finishDeletions(fs, directory)).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }),
    );
  });
});
