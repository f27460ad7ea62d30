import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withBatchFile } from '../../../src/cli/exec/batch-file.js';
import type { OutputStream } from '../../../src/cli/stdout.js';

async function fill(output: OutputStream): Promise<void> {
  await output.write(Buffer.from('one\n'));
  await output.write(Buffer.from('two\n'));
}

describe('a batch file', () => {
  test('holds what was written, is for its owner alone, and is gone in the end', async () => {
    const open = readdirSync('/proc/self/fd').length;
    const path = await withBatchFile(fill, (file) => {
      expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
      return Promise.resolve(file);
    });
    expect(existsSync(dirname(path))).toBe(false);
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
  });

  test('is gone with all that a command has put beside it', async () => {
    const path = await withBatchFile(fill, (file) => {
      writeFileSync(join(dirname(file), 'more'), '');
      rmSync(file);
      return Promise.resolve(file);
    });
    expect(existsSync(dirname(path))).toBe(false);
  });

  test('is gone where the command, or the writing, has failed', async () => {
    let path = '';
    const use = (file: string): Promise<never> => {
      path = file;
      return Promise.reject(new Error('used'));
    };
    await expect(withBatchFile(fill, use)).rejects.toThrow('used');
    expect(existsSync(dirname(path))).toBe(false);

    const open = readdirSync('/proc/self/fd').length;
    const failed = async (output: OutputStream): Promise<void> => {
      path = output.name;
      await fill(output);
      throw new Error('filled');
    };
    await expect(withBatchFile(failed, use)).rejects.toThrow('filled');
    expect(existsSync(dirname(path))).toBe(false);
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
  });
});
