import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConsumeOutput } from '../../../src/cli/consume/consume-output.js';
import { standardOutput } from '../../../src/cli/stdout.js';

const standard = standardOutput();
const { signal } = new AbortController();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-output-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('without a file it is standard output, which stays open', async () => {
  const output = new ConsumeOutput(undefined, standard, signal);
  expect(await output.open()).toBe(standard);
  await output.close();
});

test('a file is made when it is needed, once, and whole when it is closed', async () => {
  const path = join(folder, 'out');
  const output = new ConsumeOutput(path, standard, signal);
  expect(existsSync(path)).toBe(false);
  const [first, second] = [await output.open(), await output.open()];
  expect(second).toBe(first);
  await first.write(Buffer.from('a'));
  await second.write(Buffer.from('b'));
  await output.close();
  expect(readFileSync(path, 'utf8')).toBe('ab');
});

test('one that was never opened is not made', async () => {
  const path = join(folder, 'never');
  await new ConsumeOutput(path, standard, signal).close();
  expect(existsSync(path)).toBe(false);
});

test('a failure to open it is told once, and closing is none', async () => {
  const output = new ConsumeOutput(join(folder, 'no/out'), standard, signal);
  await expect(output.open()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(output.close()).resolves.toBeUndefined();
});
