/**
 * The small files under checksums that are right: what a stranger wrote into them is well-formed JSON of
 * any shape, and no field of it may be believed before it was looked at.
 */
import { join } from 'node:path';
import { isCoreError } from '../../../src/core/errors.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { readMemberFile } from '../../../src/core/group/member-file.js';
import { readLeaderEpochCheckpoint } from '../../../src/core/log/leader-epoch-checkpoint.js';
import { parseMetaProperties } from '../../../src/core/topic/meta-properties.js';
import { parsePartitionMetadata } from '../../../src/core/topic/partition-metadata.js';
import { formatStateFile } from '../../../src/core/topic/state-file.js';
import { GROUP, commitTo } from '../../core/cluster/group-fixture.js';
import { contentOf, overwrite } from '../../support/log-fixture.js';
import type { MemoryMachine } from '../../support/memory-machine.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { FILES, ROOT, smallMachine } from '../flips/machine-facts.js';
import { cutTo } from '../flips/bit-flip.js';
import { type FuzzTarget, MIB } from './fuzz-target.js';
import { mutated, randomBytes } from './mutation.js';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

const ATOMS: readonly Json[] = [
  null, true, '', '..', '../../../etc/passwd', '/tmp', '\u001b[31m', 'x'.repeat(300), '__proto__', 0, -1, 0.5, 1e300,
  2 ** 53, 2 ** 31, 8.64e15 + 1, [], {}, [null], [[]], { length: -1 }, [1, 'a', {}],
]; // prettier-ignore

/** The same with one place in it changed, taken away or doubled. */
function changedJson(value: Json, random: SeededRandom): Json {
  if (typeof value !== 'object' || value === null || random.below(6) === 0)
    return random.pick(ATOMS);
  if (Array.isArray(value)) {
    if (value.length === 0) return [random.pick(ATOMS)];
    const at = random.below(value.length);
    const list = [...(value as readonly Json[])];
    list.splice(at, random.below(2), changedJson(list[at]!, random));
    return list;
  }
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  if (entries.length === 0) return { a: random.pick(ATOMS) };
  const at = random.below(entries.length);
  if (random.below(8) === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(
    entries.map(([name, each], index) => [name, index === at ? changedJson(each, random) : each]),
  );
}

/** A state file of changed fields, with the version and the checksum of a right one. */
function changedStateFile(bytes: Buffer, random: SeededRandom): Buffer {
  const fields = JSON.parse(bytes.toString()) as Readonly<Record<string, Json>>;
  const { formatVersion } = fields;
  const rest = Object.fromEntries(
    Object.entries(fields).filter(([name]) => name !== 'formatVersion' && name !== 'checksum'),
  );
  const changed = changedJson(rest, random);
  const isObject = typeof changed === 'object' && changed !== null && !Array.isArray(changed);
  return Buffer.from(formatStateFile(Number(formatVersion), isObject ? (changed as object) : rest));
}

function replace(fs: FileSystem, path: string, bytes: Buffer): void {
  cutTo(fs, path, 0);
  overwrite(fs, path, 0, bytes);
}

async function calmly(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCoreError(error)) throw error;
  }
}

/** Everything that commands do with topics and groups. */
async function useAll(machine: MemoryMachine): Promise<void> {
  const { cluster } = machine.start();
  await calmly(async () => {
    for (const name of await cluster.topicNames()) await cluster.describeTopic(name);
  });
  const groups = await cluster.openGroups();
  await calmly(() => groups.list());
  await calmly(() => groups.describe(GROUP));
  await calmly(() => groups.move(GROUP, commitTo('orders:0@3', true)));
  await calmly(() => groups.move(GROUP, { kind: 'undo' }));
  await calmly(() => groups.delete(GROUP));
}

export const stateTarget: FuzzTarget = {
  name: 'registry and group files',
  share: 4,
  maxGrowthBytes: 192 * MIB,
  async prepare() {
    const sound = await smallMachine();
    const paths = [FILES.spool, FILES.topic, FILES.state, FILES.state, FILES.state];
    return async (random) => {
      const machine = sound.afterKill();
      const path = random.pick(paths);
      const bytes = contentOf(machine.fs, path);
      const isRaw = random.below(8) === 0;
      replace(machine.fs, path, isRaw ? mutated(bytes, random) : changedStateFile(bytes, random));
      try {
        await calmly(() => useAll(machine));
      } finally {
        machine.killAll();
      }
    };
  },
};

/** Kafka's small files, and a member's. */
export const smallFileTarget: FuzzTarget = {
  name: "Kafka's small files",
  share: 8,
  maxGrowthBytes: 128 * MIB,
  async prepare() {
    const { fs } = await smallMachine();
    const [properties, metadata, epochs] = [FILES.properties, FILES.metadata, FILES.epochs].map(
      (path) => contentOf(fs, path),
    ) as [Buffer, Buffer, Buffer];
    const path = join(ROOT, 'checked');
    fs.open(path, 'create').close();
    const change = (bytes: Buffer, random: SeededRandom): Buffer =>
      random.below(5) === 0 ? randomBytes(random, 100) : mutated(bytes, random);
    return async (random) => {
      await calmly(() => parseMetaProperties(change(properties, random), path));
      await calmly(() => parsePartitionMetadata(change(metadata, random), path));
      replace(fs, path, change(epochs, random));
      await calmly(() => readLeaderEpochCheckpoint(fs, path));
      await calmly(() => readMemberFile(fs, path));
    };
  },
};
