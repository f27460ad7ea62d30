import { expect, test } from '@jest/globals';
import { CoreError } from '../../../src/core/errors.js';
import { initialControlFile } from '../../../src/core/log/control-file.js';
import { LogView } from '../../../src/core/log/log-view.js';
import { isControlDamage, verifyControl } from '../../../src/core/log/verify-control.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { writeBytes } from './verification.js';

const SLOT_BYTES = 512;

function verifyBytes(bytes: Uint8Array | undefined) {
  const fs = new MemoryFileSystem();
  if (bytes !== undefined) writeBytes(fs, '/control', bytes);
  const location = { directory: '/log', controlPath: '/control' };
  return verifyControl(new LogView({ fs, bootId: 'boot' }, location, { allowGaps: false }));
}

function withoutSlots(...slots: readonly number[]): Uint8Array {
  const bytes = initialControlFile();
  for (const slot of slots) bytes.fill(0xff, slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
  return bytes;
}

test.each<[string, Uint8Array | undefined, string[], boolean]>([
  ['as it was made', initialControlFile(), [], true],
  ['with a torn slot of its running state', withoutSlots(0), [], true],
  ['with one torn slot of each pair', withoutSlots(0, 3), ['note'], true],
  ['with a torn running state', withoutSlots(0, 1), ['note'], true],
  ['with a torn kept state', withoutSlots(2, 3), ['damage'], false],
  ['cut short', initialControlFile().subarray(0, 2000), ['damage'], true],
  ['missing', undefined, ['damage'], false],
])('a control file %s', (_, bytes, kinds, isReadable) => {
  const { control, findings } = verifyBytes(bytes);
  expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  expect(control !== undefined).toBe(isReadable);
});

test('that a file may not be read is no damage of it', () => {
  expect(isControlDamage(new CoreError('DATA_DIR_DAMAGED', ''))).toBe(true);
  expect(isControlDamage(new CoreError('PERMISSION_DENIED', ''))).toBe(false);
  expect(isControlDamage(new Error())).toBe(false);
});
