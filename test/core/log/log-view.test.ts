import { expect, test } from '@jest/globals';

import { LogView } from '../../../src/core/log/log-view.js';
import {
  LOCATION,
  appendSynced,
  batchOf,
  createPartition,
  environment,
  openWriter,
} from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

test('it sees what the last writer left, and judges only the active segment by it', async () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  const writer = openWriter(environment(fs));
  await appendSynced(writer, [batchOf(['a'])]);
  writer.close();
  const view = new LogView({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
  expect([view.baseOffsets(), view.logStartOffset]).toEqual([[0], 0]);
  const { syncedPosition } = view.tailContext(0);
  expect(syncedPosition).toBe(batchOf(['a']).length);
  expect(view.tailContext(5)).toMatchObject({ syncedPosition: 0, afterPowerCut: false });
  const later = new LogView({ fs, bootId: 'boot-2' }, LOCATION, { allowGaps: false });
  expect(later.tailContext(0)).toMatchObject({ syncedPosition, afterPowerCut: true });
});

test('a folder without a control file begins with its first segment', () => {
  const fs = new MemoryFileSystem();
  createPartition(fs);
  fs.removeFile(LOCATION.controlPath);
  fs.rename(
    `${LOCATION.directory}/00000000000000000000.log`,
    `${LOCATION.directory}/00000000000000000040.log`,
  );
  const view = new LogView({ fs, bootId: 'boot-1' }, LOCATION, { allowGaps: true });
  expect([view.control(), view.logStartOffset]).toEqual([undefined, 40]);
  expect(view.tailContext(40)).toEqual({ syncedPosition: 0, afterPowerCut: false });
});
