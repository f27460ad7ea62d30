/**
 * Batches whose checksum is right and whose content is not: what stands behind the checksum has to hold
 * by itself, for whoever makes a file makes its checksums too.
 */
import { RecordBatchBuilder } from '../../../src/core/batch/batch-builder.js';
import { COMPRESSION_TYPES, type CompressionType } from '../../../src/core/batch/compression.js';
import { loadCodec } from '../../../src/core/batch/codecs.js';
import {
  ATTRIBUTES_AT,
  BASE_TIMESTAMP_AT,
  BATCH_LENGTH_AT,
  CRC_AT,
  HEADER_BYTES,
  LAST_OFFSET_DELTA_AT,
  LOG_OVERHEAD_BYTES,
  MAX_TIMESTAMP_AT,
  RECORDS_COUNT_AT,
} from '../../../src/core/batch/format.js';
import { RecordCursor } from '../../../src/core/batch/record-cursor.js';
import { stampBatch } from '../../../src/core/batch/stamp.js';
import { crc32c } from '../../../src/core/bytes/crc32c.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { type FuzzTarget, MIB } from './fuzz-target.js';
import { aLong, anInteger, mutated, randomBytes } from './mutation.js';

const START_MS = 1_700_000_000_000;

/** Records of all kinds, in each codec. */
export function soundBatches(): Buffer[] {
  return COMPRESSION_TYPES.map((compression, at) => {
    const builder = new RecordBatchBuilder({ capacityBytes: 8192, compression });
    builder.append(START_MS + 10 * at, null, Buffer.from('plain'), []);
    builder.append(START_MS + 10 * at + 1, Buffer.from('key'), null, [
      { key: Buffer.from('header'), value: Buffer.from('value') },
      { key: Buffer.from(''), value: null },
    ]);
    builder.append(START_MS + 10 * at + 2, Buffer.from(''), Buffer.alloc(300, 'long '), []);
    const bytes = Buffer.from(builder.build());
    stampBatch(bytes, 0, 3 * at, 0);
    return bytes;
  });
}

/** A batch with a mutation somewhere, mostly with a length and a checksum that are right again. */
export function hostileBatch(sound: readonly Buffer[], random: SeededRandom): Buffer {
  const bytes = Buffer.from(random.pick(sound));
  const changed = changeContent(bytes, sound, random);
  if (changed.length < HEADER_BYTES || random.below(20) === 0) return changed;
  if (random.below(10) > 0)
    changed.writeInt32BE(changed.length - LOG_OVERHEAD_BYTES, BATCH_LENGTH_AT);
  return withChecksum(changed);
}

export function withChecksum(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, ATTRIBUTES_AT, bytes.length), CRC_AT);
  return bytes;
}

function changeContent(bytes: Buffer, sound: readonly Buffer[], random: SeededRandom): Buffer {
  const header = bytes.subarray(0, HEADER_BYTES);
  const records = bytes.subarray(HEADER_BYTES);
  switch (random.below(7)) {
    case 0:
      changeHeader(bytes, random);
      return bytes;
    case 1:
      return Buffer.concat([header, mutated(records, random, sound)]);
    case 2:
      return Buffer.concat([header, randomBytes(random, 200)]);
    case 3:
      return nested(header, records, random);
    case 4:
      return reopened(bytes, random);
    case 5:
      changeHeader(bytes, random);
      return Buffer.concat([header, mutated(records, random, sound)]);
    default:
      return mutated(bytes, random, sound);
  }
}

/** A field that is impossible or does not fit the records. */
function changeHeader(bytes: Buffer, random: SeededRandom): void {
  switch (random.below(6)) {
    case 0:
      bytes.writeUInt16BE(random.below(random.chance() ? 0x100 : 0x10000), ATTRIBUTES_AT);
      return;
    case 1:
      bytes.writeInt32BE(anInteger(random), LAST_OFFSET_DELTA_AT);
      return;
    case 2:
      bytes.writeInt32BE(anInteger(random), RECORDS_COUNT_AT);
      return;
    case 3:
      bytes.writeBigInt64BE(aLong(random), BASE_TIMESTAMP_AT);
      return;
    case 4:
      bytes.writeBigInt64BE(aLong(random), MAX_TIMESTAMP_AT);
      return;
    default:
      bytes.writeBigInt64BE(aLong(random), 0);
  }
}

/** Compressed once more, so that what comes out of the codec is a stream of another one. */
function nested(header: Buffer, records: Buffer, random: SeededRandom): Buffer {
  const type = random.pick(COMPRESSION_TYPES.slice(1)) as Exclude<CompressionType, 'none'>;
  const twice = Buffer.from(header);
  twice.writeUInt16BE(COMPRESSION_TYPES.indexOf(type), ATTRIBUTES_AT);
  return Buffer.concat([twice, loadCodec(type).compress(records, 3)]);
}

/** The records of a plain batch changed and compressed: the parser behind the codec. */
function reopened(bytes: Buffer, random: SeededRandom): Buffer {
  const [plain = bytes] = soundPlain;
  const type = random.pick(COMPRESSION_TYPES.slice(1)) as Exclude<CompressionType, 'none'>;
  const records = mutated(plain.subarray(HEADER_BYTES), random);
  const header = Buffer.from(plain.subarray(0, HEADER_BYTES));
  header.writeUInt16BE(COMPRESSION_TYPES.indexOf(type), ATTRIBUTES_AT);
  return Buffer.concat([header, loadCodec(type).compress(records, 3)]);
}

const soundPlain = soundBatches().slice(0, 1);

export const batchTarget: FuzzTarget = {
  name: 'batches',
  share: 44,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    const sound = soundBatches();
    const cursor = new RecordCursor();
    return (random) => {
      const bytes = hostileBatch(sound, random);
      cursor.open(bytes, 0);
      let last = -1;
      while (cursor.next()) {
        if (cursor.offset <= last) throw new Error('offsets that do not rise');
        last = cursor.offset;
        cursor.viewRecord();
      }
    };
  },
};
