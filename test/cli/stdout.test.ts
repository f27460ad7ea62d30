import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReaderGone } from '../../src/cli/reader-gone.js';
import { openOutputFile, OutputStream } from '../../src/cli/stdout.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-stdout-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a file', () => {
  test.each([1, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_000])(
    'takes blocks of %d bytes from memory that is used again at once',
    async (sizeBytes) => {
      const path = join(folder, `blocks-${sizeBytes}`);
      const output = await openOutputFile(path);
      const block = Buffer.alloc(sizeBytes);
      for (const letter of 'abcdefg') {
        block.fill(letter);
        await output.write(block);
      }
      block.fill('!');
      await output.close();
      const expected = [...'abcdefg'].map((letter) => Buffer.alloc(sizeBytes, letter));
      expect(readFileSync(path).equals(Buffer.concat(expected))).toBe(true);
      expect(output.acceptedBytes).toBe(7 * sizeBytes);
    },
  );

  test('has everything after a flush', async () => {
    const path = join(folder, 'flushed');
    const output = await openOutputFile(path);
    await output.write(Buffer.from('one'));
    await output.flush();
    expect(readFileSync(path, 'utf8')).toBe('one');
    await output.write(Buffer.from('two'));
    await output.sync();
    expect(readFileSync(path, 'utf8')).toBe('onetwo');
    await output.close();
  });

  test('that cannot be made is an error that names it', async () => {
    const path = join(folder, 'no/such');
    await expect(openOutputFile(path)).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      message: `cannot write to ${path}: its directory does not exist`,
    });
    await expect(openOutputFile(folder)).rejects.toMatchObject({ code: 'NOT_A_REGULAR_FILE' });
  });
});

test('a full disk fails the flush, and every call after it', async () => {
  const output = await openOutputFile('/dev/full');
  const small = Buffer.from('x');
  await output.write(small);
  await expect(output.flush()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(() => output.write(small)).toThrow('no space left');
  expect(output.acceptedBytes).toBe(0);
  expect(output.closed).toBe(false);
});

describe('a pipe', () => {
  function makePipe(name: string): { path: string; reader: number } {
    const path = join(folder, name);
    execFileSync('mkfifo', [path]);
    // Open for both, so that neither end has to wait for the other.
    return { path, reader: openSync(path, 'r+') };
  }

  test('whose reader goes away closes the stream and says so once', async () => {
    const { path, reader } = makePipe('gone');
    const reasons: ReaderGone[] = [];
    const descriptor = openSync(path, 'w');
    closeSync(reader);
    const output = new OutputStream(descriptor, path, {
      onReaderGone: (reason) => reasons.push(reason),
    });
    await output.write(Buffer.from('lost'));
    await expect(output.flush()).rejects.toBeInstanceOf(ReaderGone);
    expect(() => output.write(Buffer.from('more'))).toThrow(ReaderGone);
    expect(output.closed).toBe(true);
    expect(reasons).toHaveLength(1);
    closeSync(descriptor);
  });

  test('that nobody empties makes the writer wait, until it is told to stop', async () => {
    const { path, reader } = makePipe('stalled');
    const controller = new AbortController();
    const output = new OutputStream(openSync(path, 'w'), path, { stop: controller.signal });
    const reason = new Error('enough');
    const writing = Promise.resolve(output.write(Buffer.alloc(4_000_000)));
    setTimeout(() => {
      controller.abort(reason);
    }, 50);
    await expect(writing).rejects.toBe(reason);
    // Lets the write that is still on the thread pool fail.
    closeSync(reader);
  });
});
