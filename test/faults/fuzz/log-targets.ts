/** Files of a partition as a stranger may hand them over: segments, their indexes, a control file. */
import { crc32c } from '../../../src/core/bytes/crc32c.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { dumpFile } from '../../../src/core/segment/dump-file.js';
import { describeSegments } from '../../../src/core/log/segment-files.js';
import { isCoreError } from '../../../src/core/errors.js';
import { LOCATION, contentOf, readerOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import {
  LOG,
  appendedTo,
  consumedFrom,
  offsetAtTime,
  recordsFrom,
  smallLog,
  verified,
} from '../flips/small-log.js';
import { hostileBatch, soundBatches } from './batch-target.js';
import { type FuzzCase, type FuzzTarget, MIB } from './fuzz-target.js';
import { aLong, anInteger, mutated, randomBytes } from './mutation.js';

const FIRST = LOG.slice(0, -'.log'.length);

function replace(fs: FileSystem, path: string, bytes: Uint8Array): void {
  if (fs.stat(path) !== undefined) fs.removeFile(path);
  const file = fs.open(path, 'create');
  if (bytes.length > 0) file.append(bytes, 0, bytes.length);
  file.sync();
  file.close();
}

/** Everything that a command does with a partition. */
async function useAll(fs: MemoryFileSystem, random: SeededRandom): Promise<void> {
  consumedFrom(fs, { kind: 'start' });
  recordsFrom(fs, random.below(10));
  offsetAtTime(fs, 1_700_000_000_000 + random.below(100));
  verified(fs);
  calmly(() => describeSegments(readerOf(fs)));
  for (const suffix of ['.log', '.index', '.timeindex']) {
    calmly(() => drain(dumpFile(fs, FIRST + suffix, { deep: true })));
  }
  await appendedTo(fs);
  consumedFrom(fs, { kind: 'start' });
}

/** A CoreError is an answer; the next question is asked all the same. */
function calmly(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!isCoreError(error)) throw error;
  }
}

function drain(entries: Iterable<unknown>): void {
  const all = entries[Symbol.iterator]();
  while (all.next().done !== true);
}

async function logCase(
  damage: (fs: MemoryFileSystem, random: SeededRandom) => void,
): Promise<FuzzCase> {
  const logs = await Promise.all([smallLog('none', 'active'), smallLog('gzip', 'sealed')]);
  return async (random) => {
    const fs = random.pick(logs).fs.crashClone(1);
    damage(fs, random);
    await useAll(fs, random);
  };
}

export const segmentTarget: FuzzTarget = {
  name: 'segments',
  share: 3,
  maxGrowthBytes: 192 * MIB,
  prepare() {
    const sound = soundBatches();
    return logCase((fs, random) => {
      const bytes = contentOf(fs, LOG);
      const pieces = [bytes, ...sound];
      const hostile = random.pick([
        () => mutated(bytes, random, pieces),
        () => randomBytes(random, 400),
        () => Buffer.concat([bytes, hostileBatch(sound, random)]),
        () => Buffer.concat([hostileBatch(sound, random), hostileBatch(sound, random), bytes]),
        () => Buffer.concat(sound.map(() => hostileBatch(sound, random))),
      ])();
      replace(fs, LOG, hostile);
    });
  },
};

export const indexTarget: FuzzTarget = {
  name: 'indexes',
  share: 3,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    return logCase((fs, random) => {
      for (const [suffix, entryBytes] of [
        ['.index', 8],
        ['.timeindex', 12],
      ] as const) {
        if (random.below(3) === 0) continue;
        const path = FIRST + suffix;
        const bytes = contentOf(fs, path);
        const entries = Buffer.alloc(entryBytes * random.below(12));
        for (let at = 0; at + 4 <= entries.length; at += 4)
          entries.writeInt32BE(anInteger(random), at);
        replace(fs, path, random.chance() ? mutated(bytes, random) : entries);
      }
    });
  },
};

const SLOT_BYTES = 512;

export const controlTarget: FuzzTarget = {
  name: 'control files',
  share: 3,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    return logCase((fs, random) => {
      const path = LOCATION.controlPath;
      const bytes = Buffer.from(contentOf(fs, path));
      if (random.below(4) === 0) {
        replace(fs, path, mutated(bytes, random));
        return;
      }
      for (let slot = 0; slot < 4; slot++) {
        if (random.chance())
          changeSlot(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), random);
      }
      replace(fs, path, bytes);
    });
  },
};

/** Any field, under a checksum that is right. */
function changeSlot(slot: Buffer, random: SeededRandom): void {
  const at = 12 + 4 * random.below(16);
  if (random.chance()) slot.writeBigInt64BE(aLong(random), at);
  else slot.writeInt32BE(anInteger(random), at);
  slot.writeUInt32BE(crc32c(slot, 12, SLOT_BYTES), 8);
}

export const dumpTarget: FuzzTarget = {
  name: 'snapshots and transaction indexes',
  share: 10,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    const entry = Buffer.alloc(46, 1);
    return (random) => {
      const fs = new MemoryFileSystem();
      const count = random.below(5);
      const body = Buffer.concat([Buffer.alloc(4), ...Array<Buffer>(count).fill(entry)]);
      body.writeInt32BE(random.chance() ? count : anInteger(random));
      const changed = mutated(body, random);
      const head = Buffer.alloc(6);
      head.writeInt16BE(1);
      head.writeUInt32BE(crc32c(changed, 0, changed.length), 2);
      replace(fs, '/1.snapshot', Buffer.concat([head, changed]));
      replace(fs, '/1.txnindex', mutated(Buffer.alloc(34 * count), random));
      drain(dumpFile(fs, '/1.snapshot', { deep: true }));
      drain(dumpFile(fs, '/1.txnindex', { deep: true }));
    };
  },
};
