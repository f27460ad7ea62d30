/** A small log, the ways to damage it, and what a verification says of it. */
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { type LogVerification, verifyLog } from '../../../src/core/log/verify-log.js';
import type { Finding } from '../../../src/core/log/verify-finding.js';
import { writeLeaderEpochCheckpoint } from '../../../src/core/log/leader-epoch-checkpoint.js';
import { type LogConfig } from '../../../src/core/log/log-config.js';
import {
  LOCATION,
  START_MS,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

export const LOG = `${LOCATION.directory}/00000000000000000000.log`;
export const INDEX = `${LOCATION.directory}/00000000000000000000.index`;
export const TIME_INDEX = `${LOCATION.directory}/00000000000000000000.timeindex`;

/** Every batch but the first has an entry in each index. */
const INDEX_OFTEN = { indexIntervalBytes: 1 };

/** Two records a batch, of rising timestamps; alternately plain and compressed. */
export async function logOf(
  batchCount: number,
  config: Partial<LogConfig> = {},
): Promise<MemoryFileSystem> {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  writeLeaderEpochCheckpoint(fs, {
    path: `${LOCATION.directory}/leader-epoch-checkpoint`,
    entries: [{ epoch: 0, startOffset: 0 }],
    permissions: 0o600,
    nonce: 'x',
  });
  const writer = openWriter(environment(fs), { ...INDEX_OFTEN, ...config });
  for (let at = 0; at < batchCount; at++) {
    const compression = at % 2 === 0 ? 'none' : 'gzip';
    const values = [`a${at}`, `b${at}`];
    await appendSynced(writer, [batchOf(values, { timestamp: START_MS + 10 * at, compression })]);
  }
  writer.close();
  return fs;
}

export function verify(
  fs: FileSystem,
  options: { readonly allowGaps?: boolean; readonly bootId?: string } = {},
): LogVerification {
  const { allowGaps = false, bootId = 'boot-1' } = options;
  const steps = verifyLog({ fs, bootId }, LOCATION, { allowGaps });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export function damageOf({ findings }: LogVerification): Finding[] {
  return findings.filter(({ kind }) => kind === 'damage');
}

export function readBytes(fs: FileSystem, path: string): Buffer {
  const file = fs.open(path, 'read');
  const bytes = Buffer.alloc(file.stat().sizeBytes);
  file.readAt(bytes, 0, bytes.length, 0);
  file.close();
  return bytes;
}

/** Where the batches of a log begin. */
export function positionsOf(fs: FileSystem, path: string): number[] {
  const bytes = readBytes(fs, path);
  const positions: number[] = [];
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) positions.push(at);
  return positions;
}

/** Replaces the whole content. */
export function writeBytes(fs: FileSystem, path: string, bytes: Uint8Array): void {
  if (fs.stat(path) !== undefined) fs.removeFile(path);
  const file = fs.open(path, 'create');
  if (bytes.length > 0) file.append(bytes, 0, bytes.length);
  file.close();
}

/** Changes bytes in place. */
export function patch(fs: FileSystem, path: string, position: number, bytes: Uint8Array): void {
  const file = fs.open(path, 'update');
  file.writeAt(bytes, 0, bytes.length, position);
  file.close();
}

/** Calls `look` with each bit of the file flipped in turn, and puts it back. */
export function forEachFlip(
  fs: FileSystem,
  path: string,
  look: (position: number, bit: number) => void,
  bits: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7],
): void {
  const bytes = readBytes(fs, path);
  for (const [position, byte] of bytes.entries()) {
    for (const bit of bits) {
      patch(fs, path, position, Buffer.from([byte ^ (1 << bit)]));
      look(position, bit);
    }
    patch(fs, path, position, Buffer.from([byte]));
  }
}
