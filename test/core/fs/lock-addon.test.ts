import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { loadLockAddon } from '../../../src/core/fs/lock-addon.js';

test('the binary locks, says EAGAIN when it cannot, and is loaded once', () => {
  const addon = loadLockAddon()!;
  expect(loadLockAddon()).toBe(addon);
  const directory = mkdtempSync(join(tmpdir(), 'spool-'));
  const first = openSync(join(directory, 'lock'), 'w+');
  const second = openSync(join(directory, 'lock'), 'r+');
  try {
    addon.tryLock(first, 0, 0, true);
    expect(() => addon.tryLock(second, 0, 0, true)).toThrow(
      expect.objectContaining({ code: 'EAGAIN' }),
    );
    addon.unlock(first, 0, 0);
    addon.tryLock(second, 0, 0, true);
  } finally {
    closeSync(first);
    closeSync(second);
    rmSync(directory, { recursive: true });
  }
});
