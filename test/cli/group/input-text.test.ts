import { expect, test } from '@jest/globals';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readInputText } from '../../../src/cli/group/input-text.js';

const folder = mkdtempSync(join(tmpdir(), 'spool-input-'));
const stop = new AbortController().signal;

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('all of a file, longer than what is read at once', async () => {
  const text = 'é'.repeat(300_000);
  const path = file('long', text);
  expect(await readInputText(path, stop)).toEqual({ text, sourceName: path });
});

test('what is not text, or far too much of it, is refused', async () => {
  const binary = file('binary', Buffer.from([0x61, 0xff]));
  await expect(readInputText(binary, stop)).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    message: `${binary} cannot be used: it is not UTF-8`,
  });
  const large = file('large', '');
  truncateSync(large, 64 * 1024 * 1024 + 1);
  await expect(readInputText(large, stop)).rejects.toMatchObject({
    message: `${large} cannot be used: it is too large`,
  });
  await expect(readInputText(join(folder, 'none'), stop)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
  });
});
