import { describe, expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../src/core/topic/data-directory.js';
import { TopicRegistry } from '../../../src/core/topic/topic-registry.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { MemoryLocks } from '../../support/memory-locks.js';
import {
  crashEverywhere,
  debrisIn,
  faultsOf,
  newFileSystem,
  openRegistry,
  ROOT,
  topicOf,
} from './registry-fixture.js';

async function registryWith(...names: string[]) {
  const fs = await newFileSystem();
  const registry = openRegistry(fs);
  for (const name of names) await registry.createTopic(topicOf(name));
  return { fs, registry, directory: openDataDirectory(fs, ROOT) };
}

const rejection = (code: string, more: object = {}) => ({ code, ...more });

describe('creating a topic', () => {
  test('makes all of it', async () => {
    const { fs, registry, directory } = await registryWith();
    const config = { 'retention.ms': '7d', 'retention.bytes': '10GB' };
    const topic = await registry.createTopic(topicOf('orders', { partitions: 3, config }));
    const state = { replicas: [0], leader: 0, leaderEpoch: 0 };
    expect(topic).toEqual({
      topic: 'orders',
      topicId: expect.stringMatching(/^.{22}$/),
      createdMs: 1234,
      config: { 'retention.bytes': '10000000000', 'retention.ms': '604800000' },
      partitions: [state, state, state],
    });
    expect(openRegistry(fs).readTopic('orders')).toEqual(topic);
    expect(openRegistry(fs).listTopics()).toEqual(['orders']);
    expect(faultsOf(fs, directory, 'orders')).toEqual([]);
    expect(debrisIn(fs, directory)).toEqual([]);
  });

  test.each([
    ['a hostile name', topicOf('../x'), 'INVALID_TOPIC'],
    ['a reserved name', topicOf('__x'), 'INVALID_TOPIC'],
    ['a twin in other case', topicOf('Orders'), 'INVALID_TOPIC'],
    ['a dot for an underscore', topicOf('a.b'), 'INVALID_TOPIC'],
    ['the name of another', topicOf('orders'), 'TOPIC_ALREADY_EXISTS'],
    ['no partitions', topicOf('x', { partitions: 0 }), 'INVALID_PARTITIONS'],
    ['too many partitions', topicOf('x', { partitions: 10_001 }), 'INVALID_PARTITIONS'],
    ['two replicas', topicOf('x', { replicationFactor: 2 }), 'INVALID_REPLICATION_FACTOR'],
    ['an unknown config', topicOf('x', { config: { a: '1' } }), 'INVALID_CONFIG'],
    ['compaction', topicOf('x', { config: { 'cleanup.policy': 'compact' } }), 'POLICY_VIOLATION'],
  ])('with %s is refused and leaves nothing', async (_, newTopic, code) => {
    const { fs, registry } = await registryWith('orders', 'a_b');
    const before = fs.tree();
    await expect(registry.createTopic(newTopic)).rejects.toMatchObject(rejection(code));
    expect(fs.tree()).toEqual(before);
  });

  test('has an internal name when the program asks for it', async () => {
    const { registry } = await registryWith();
    await registry.createTopic(topicOf('__state', { isInternal: true }));
    expect(registry.listTopics()).toEqual(['__state']);
  });

  test('works for the longest name and for names like temporary files', async () => {
    const names = ['.deleted-x', '.tmp-x', 'a'.repeat(249)];
    const { registry } = await registryWith(...names);
    await registry.createTopic(topicOf('last'));
    expect(registry.listTopics()).toEqual([...names, 'last']);
  });

  test('of one name by many at once happens once', async () => {
    const fs = await newFileSystem();
    const locks = new MemoryLocks(fs);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => openRegistry(fs, locks).createTopic(topicOf('t'))),
    );
    const created = outcomes.filter(({ status }) => status === 'fulfilled');
    const refused = outcomes.filter(
      (outcome) => outcome.status === 'rejected' && outcome.reason.code === 'TOPIC_ALREADY_EXISTS',
    );
    expect([created.length, refused.length]).toEqual([1, 9]);
  });

  test('on a disk that fills up leaves nothing, and works when there is room', async () => {
    // 13 directories and 20,000 bytes: too little for ten partitions.
    const fs = await newFileSystem(13 * 4096 + 20_000);
    const directory = openDataDirectory(fs, ROOT);
    const registry = openRegistry(fs);
    const creation = registry.createTopic(topicOf('t', { partitions: 10 }));
    await expect(creation).rejects.toMatchObject(rejection('DISK_FULL'));
    expect(registry.listTopics()).toEqual([]);
    expect(debrisIn(fs, directory)).toEqual([]);
    await registry.createTopic(topicOf('t'));
    expect(faultsOf(fs, directory, 't')).toEqual([]);
  });

  test('whose lock was lost on the way does not happen', async () => {
    const fs = await newFileSystem();
    const locks = new MemoryLocks(fs);
    const registry = new TopicRegistry({
      fs,
      directory: openDataDirectory(fs, ROOT),
      // The clock is read when the partitions are about to be made.
      now: () => {
        locks.forgetAll();
        return 0;
      },
      openLock: (path) => locks.open(path),
      lockTimeoutMs: 0,
    });
    await expect(registry.createTopic(topicOf('t'))).rejects.toMatchObject(rejection('FENCED'));
    expect(registry.listTopics()).toEqual([]);
  });

  test('that a killed creator left visible but not durable becomes durable', async () => {
    const { fs, directory } = await registryWith('t');
    const { topics } = directory.paths;
    const registry = openRegistry(fs);
    // As if the creator had been killed between the rename and its sync.
    fs.rename(`${topics}/t.json`, `${topics}/.tmp-x`);
    fs.syncDirectory(topics);
    fs.rename(`${topics}/.tmp-x`, `${topics}/t.json`);
    expect(openRegistry(fs.crashClone(0)).listTopics()).toEqual([]);
    await expect(registry.createTopic(topicOf('t'))).rejects.toMatchObject(
      rejection('TOPIC_ALREADY_EXISTS'),
    );
    expect(openRegistry(fs.crashClone(0)).listTopics()).toEqual(['t']);
  });

  test('never takes over a folder that holds records', async () => {
    const { fs, registry, directory } = await registryWith();
    const folder = directory.paths.partition({ topic: 't', partition: 0 });
    fs.makeDirectory(folder, 0o700);
    const file = fs.open(`${folder}/00000000000000000000.log`, 'create');
    file.append(new Uint8Array(10), 0, 10);
    file.close();
    await expect(registry.createTopic(topicOf('t'))).rejects.toMatchObject(
      rejection('DATA_DIR_DAMAGED', {
        message: expect.stringMatching(/holds records of no topic/),
      }),
    );
    expect(fs.stat(`${folder}/00000000000000000000.log`)?.sizeBytes).toBe(10);
  });
});

describe('reading topics', () => {
  test('takes no lock and writes nothing', async () => {
    const { fs, directory } = await registryWith('b', 'a');
    const locks = new MemoryLocks(fs);
    locks.open(directory.paths.registryLock).tryLock();
    const before = fs.operationCount;
    const registry = openRegistry(fs, locks);
    expect(registry.listTopics()).toEqual(['a', 'b']);
    expect(registry.readTopic('a').topic).toBe('a');
    expect(fs.operationCount).toBe(before);
  });

  test.each([
    ['oders', 'Did you mean orders?'],
    ['zzz', 'Create it: spool topic create zzz'],
  ])('that do not exist gives a guess: %s', async (name, suggestion) => {
    const { registry } = await registryWith('orders', 'payments');
    expect(() => registry.readTopic(name)).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_TOPIC_OR_PARTITION',
        suggestion,
        details: expect.objectContaining({ topic: name, topics: ['orders', 'payments'] }),
      }),
    );
  });

  test('never follows a hostile name', async () => {
    const { registry } = await registryWith();
    expect(() => registry.readTopic('../spool')).toThrow(
      expect.objectContaining({ code: 'INVALID_TOPIC' }),
    );
  });

  test('refuses a file that was renamed by hand', async () => {
    const { fs, registry } = await registryWith('a');
    fs.rename(`${ROOT}/topics/a.json`, `${ROOT}/topics/b.json`);
    expect(() => registry.readTopic('b')).toThrow(
      expect.objectContaining({ code: 'DATA_DIR_DAMAGED' }),
    );
  });
});

describe('adding partitions', () => {
  test('keeps what is there', async () => {
    const { fs, registry, directory } = await registryWith('t');
    const before = registry.readTopic('t');
    const after = await registry.addPartitions('t', 3);
    expect(after).toEqual({ ...before, partitions: [1, 2, 3].map(() => before.partitions[0]) });
    expect(faultsOf(fs, directory, 't')).toEqual([]);
    expect(debrisIn(fs, directory)).toEqual([]);
  });

  test.each([
    ['t', 1, 'INVALID_PARTITIONS'],
    ['t', 0, 'INVALID_PARTITIONS'],
    ['t', 10_001, 'INVALID_PARTITIONS'],
    ['u', 2, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])('to %s, %d in all, is refused', async (name, total, code) => {
    const { registry } = await registryWith('t');
    await expect(registry.addPartitions(name, total)).rejects.toMatchObject(rejection(code));
  });
});

describe('altering a config', () => {
  test('sets, replaces and unsets', async () => {
    const { registry } = await registryWith('t');
    await registry.alterConfig('t', {
      set: { 'retention.ms': '1h', 'segment.ms': '1d' },
      unset: [],
    });
    const topic = await registry.alterConfig('t', {
      set: { 'retention.ms': 'forever' },
      unset: ['segment.ms', 'segment.bytes'],
    });
    expect(topic.config).toEqual({ 'retention.ms': '-1' });
    expect(registry.readTopic('t')).toEqual(topic);
  });

  test.each([
    ['setting an unknown name', { set: { a: '1' }, unset: [] }, 'INVALID_CONFIG'],
    ['unsetting an unknown name', { set: {}, unset: ['a'] }, 'INVALID_CONFIG'],
    ['a bad value', { set: { 'retention.ms': 'x' }, unset: [] }, 'INVALID_CONFIG'],
    ['compaction', { set: { 'cleanup.policy': 'compact' }, unset: [] }, 'POLICY_VIOLATION'],
    [
      'a value that contradicts a kept one',
      { set: { 'max.compaction.lag.ms': '1h' }, unset: [] },
      'INVALID_CONFIG',
    ],
  ])('by %s is refused and changes nothing', async (_, change, code) => {
    const { registry } = await registryWith('t');
    const kept = { set: { 'min.compaction.lag.ms': '2h' }, unset: [] };
    const before = await registry.alterConfig('t', kept);
    await expect(registry.alterConfig('t', change)).rejects.toMatchObject(rejection(code));
    expect(registry.readTopic('t')).toEqual(before);
  });
});

describe('deleting a topic', () => {
  test('leaves no trace, and the name is free for a topic with another id', async () => {
    const { fs, registry, directory } = await registryWith('t', 'u');
    const { topicId } = registry.readTopic('t');
    await registry.deleteTopic('t');
    expect(registry.listTopics()).toEqual(['u']);
    expect(debrisIn(fs, directory)).toEqual([]);
    expect((await registry.createTopic(topicOf('t'))).topicId).not.toBe(topicId);
  });

  test('that does not exist is refused', async () => {
    const { registry } = await registryWith('t');
    await expect(registry.deleteTopic('u')).rejects.toMatchObject(
      rejection('UNKNOWN_TOPIC_OR_PARTITION'),
    );
  });

  test('works on a full disk', async () => {
    const fs = await newFileSystem(14 * 4096 + 40_000);
    const registry = openRegistry(fs);
    await registry.createTopic(topicOf('t'));
    const log = fs.open(`${ROOT}/brokers/0/log/t-0/00000000000000000000.log`, 'append');
    const free = fs.freeBytes(ROOT);
    expect(log.append(new Uint8Array(free), 0, free)).toBe(free);
    log.close();
    expect(fs.freeBytes(ROOT)).toBe(0);
    await registry.deleteTopic('t');
    expect(fs.freeBytes(ROOT)).toBeGreaterThan(free);
  });
});

describe('after a crash at any change', () => {
  const created = async () => {
    const fs = await newFileSystem();
    await openRegistry(fs).createTopic(topicOf('t', { partitions: 2 }));
    return fs;
  };
  /** The next writer clears away everything that was left. */
  const settle = async (disk: MemoryFileSystem, name: string): Promise<TopicRegistry> => {
    const registry = openRegistry(disk);
    const directory = openDataDirectory(disk, ROOT);
    if (!registry.listTopics().includes('t')) {
      await registry.createTopic(topicOf('t', { partitions: 2 }));
    } else if (registry.readTopic('t').partitions.length === 2) {
      await registry.addPartitions('t', 3);
    }
    expect([name, faultsOf(disk, directory, 't')]).toEqual([name, []]);
    await registry.deleteTopic('t');
    expect([name, debrisIn(disk, directory)]).toEqual([name, []]);
    return registry;
  };

  test('a topic is created whole or not at all', async () => {
    const changes = await crashEverywhere(
      newFileSystem,
      (fs) => openRegistry(fs).createTopic(topicOf('t', { partitions: 2 })),
      async (disk, { isDone, name }) => {
        const isThere = openRegistry(disk).listTopics().includes('t');
        if (isDone) expect([name, isThere]).toEqual([name, true]);
        const directory = openDataDirectory(disk, ROOT);
        if (isThere) expect([name, faultsOf(disk, directory, 't')]).toEqual([name, []]);
        await settle(disk, name);
      },
    );
    expect(changes).toBeGreaterThan(30);
  });

  test('a topic has the old or the new number of partitions', async () => {
    await crashEverywhere(
      created,
      (fs) => openRegistry(fs).addPartitions('t', 4),
      async (disk, { isDone, name }) => {
        const count = openRegistry(disk).readTopic('t').partitions.length;
        expect([name, isDone ? [4] : [2, 4]]).toEqual([name, expect.arrayContaining([count])]);
        const directory = openDataDirectory(disk, ROOT);
        expect([name, faultsOf(disk, directory, 't')]).toEqual([name, []]);
        await settle(disk, name);
      },
    );
  });

  test('a topic has the old or the new config', async () => {
    await crashEverywhere(
      created,
      (fs) => openRegistry(fs).alterConfig('t', { set: { 'retention.ms': '1h' }, unset: [] }),
      async (disk, { isDone, name }) => {
        const { config } = openRegistry(disk).readTopic('t');
        const altered = { 'retention.ms': '3600000' };
        expect([name, isDone ? [altered] : [{}, altered]]).toEqual([
          name,
          expect.arrayContaining([config]),
        ]);
        await settle(disk, name);
      },
    );
  });

  test('a topic is deleted, or there with all it has', async () => {
    await crashEverywhere(
      created,
      (fs) => openRegistry(fs).deleteTopic('t'),
      async (disk, { isDone, name }) => {
        const isThere = openRegistry(disk).listTopics().includes('t');
        if (isDone) expect([name, isThere]).toEqual([name, false]);
        const directory = openDataDirectory(disk, ROOT);
        if (isThere) expect([name, faultsOf(disk, directory, 't')]).toEqual([name, []]);
        await settle(disk, name);
      },
    );
  });

  test('a topic with records is deleted, or there with them, and the name is not lost', async () => {
    const log = `${ROOT}/brokers/0/log/t-1/00000000000000000000.log`;
    await crashEverywhere(
      async () => {
        const fs = await created();
        const file = fs.open(log, 'append');
        file.append(new Uint8Array(100), 0, 100);
        file.sync();
        file.close();
        return fs;
      },
      (fs) => openRegistry(fs).deleteTopic('t'),
      async (disk, { name }) => {
        const registry = openRegistry(disk);
        const isThere = registry.listTopics().includes('t');
        if (isThere) expect([name, disk.stat(log)?.sizeBytes]).toEqual([name, 100]);
        else await registry.createTopic(topicOf('t'));
      },
    );
  });
});
