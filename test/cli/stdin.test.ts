import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INPUT_CHUNK_BYTES, readInput } from '../../src/cli/stdin.js';
import { CoreError } from '../../src/core/errors.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-stdin-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function readAll(path: string, options = {}): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Copied at once: a chunk is valid only until the next.
  for await (const chunk of readInput(path, options)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function fileOf(sizeBytes: number): { path: string; bytes: Buffer } {
  const path = join(folder, `of-${sizeBytes}`);
  const bytes = Buffer.from(
    Array.from({ length: sizeBytes }, (_, at) => (at * 31 + (at >> 8)) % 251),
  );
  writeFileSync(path, bytes);
  return { path, bytes };
}

describe('a file', () => {
  test.each([
    0,
    1,
    INPUT_CHUNK_BYTES - 1,
    INPUT_CHUNK_BYTES,
    INPUT_CHUNK_BYTES + 1,
    3 * INPUT_CHUNK_BYTES,
  ])('of %d bytes arrives whole', async (sizeBytes) => {
    const { path, bytes } = fileOf(sizeBytes);
    expect((await readAll(path)).equals(bytes)).toBe(true);
  });

  test('is read into the memory that was given', async () => {
    const { path, bytes } = fileOf(1000);
    const memory = Buffer.alloc(65);
    let read = 0;
    for await (const chunk of readInput(path, { memory })) {
      expect(chunk.buffer).toBe(memory.buffer);
      expect(chunk.equals(bytes.subarray(read, read + chunk.length))).toBe(true);
      read += chunk.length;
    }
    expect(read).toBe(1000);
  });

  test('may be left in the middle', async () => {
    const { path } = fileOf(3 * INPUT_CHUNK_BYTES);
    for await (const chunk of readInput(path)) {
      expect(chunk.length).toBe(INPUT_CHUNK_BYTES);
      break;
    }
  });

  test.each([
    ['nowhere', 'FILE_NOT_FOUND', 'no such file'],
    ['.', 'NOT_A_REGULAR_FILE', 'it is a directory'],
  ])('%s is an error that names it', async (name, code, reason) => {
    const path = join(folder, name);
    await expect(readAll(path)).rejects.toMatchObject({
      code,
      message: `cannot read ${path}: ${reason}`,
    });
  });
});

describe('a stop', () => {
  test('is never taken for the end of the input', async () => {
    const { path } = fileOf(3 * INPUT_CHUNK_BYTES);
    const controller = new AbortController();
    const reason = new CoreError('INTERRUPTED', 'interrupted by SIGINT');
    const reading = (async () => {
      for await (const chunk of readInput(path, { stop: controller.signal })) {
        expect(chunk.length).toBe(INPUT_CHUNK_BYTES);
        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
  });

  test('before the first chunk opens nothing', async () => {
    const stop = AbortSignal.abort(new CoreError('INTERRUPTED', 'interrupted'));
    await expect(readAll(join(folder, 'nowhere'), { stop })).rejects.toMatchObject({
      code: 'INTERRUPTED',
    });
  });
});
