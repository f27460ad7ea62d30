import { expect, test } from '@jest/globals';
import { LogView } from '../../../src/core/log/log-view.js';
import { surveyLog } from '../../../src/core/log/repair-survey.js';
import type { LogRepairPlan } from '../../../src/core/log/repair-plan.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { LOCATION, batchAt, flipBit, readerOf } from '../../support/log-fixture.js';
import type { MemoryFileSystem } from '../../support/memory-fs.js';
import { logOf, positionsOf, verify, writeBytes } from './verification.js';

const ROLLED = { segmentBytes: 400 };
/** `8.log` in full. */
function at(name: string): string {
  const [base = '', ...suffixes] = name.split('.');
  return `${LOCATION.directory}/${[base.padStart(20, '0'), ...suffixes].join('.')}`;
}

function survey(fs: MemoryFileSystem, through = new FaultFileSystem(fs)): LogRepairPlan {
  const view = new LogView({ fs: through, bootId: 'boot-1' }, LOCATION, { allowGaps: false });
  const control = readerOf(fs).control()!;
  const { findings } = verify(fs);
  const steps = surveyLog({ view, control, isControlSound: true, findings });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test('an interrupted exchange is seen as if it had been finished', async () => {
  const fs = await logOf(9, ROLLED);
  flipBit(fs, at('8.log'), positionsOf(fs, at('8.log'))[1]! + 70);
  writeBytes(fs, at('8.log.swap'), batchAt(8, ['x', 'y']));
  writeBytes(
    fs,
    at('12.log.swap'),
    Buffer.concat([batchAt(12, ['x', 'y']), batchAt(14, ['x', 'y'])]),
  );
  const plan = survey(fs);
  expect(plan.rewrites).toEqual([]);
  expect(plan.losses).toMatchObject([{ firstOffset: 10, endOffset: 12 }]);
  expect(plan.staleIndexes).toEqual([12]);
  expect(plan.hasLeftovers).toBe(true);
});

test('a segment that the disk cannot read is left alone, and what it holds is not given up', async () => {
  const fs = await logOf(9, ROLLED);
  const broken = new FaultFileSystem(fs);
  broken.failWhen(({ kind, path }) =>
    kind === 'readAt' && path === at('8.log') ? 'IO_ERROR' : undefined,
  );
  const plan = survey(fs, broken);
  expect(plan.irreparable).toMatchObject([{ file: at('8.log') }]);
  expect([plan.losses, plan.rewrites, plan.newBaseOffset]).toEqual([[], [], undefined]);
});

test('a last segment that is left alone is not built upon', async () => {
  const fs = await logOf(9, ROLLED);
  fs.removeFile(at('16.log'));
  fs.plant(at('16.log'), 'symlink');
  const plan = survey(fs);
  expect(plan.irreparable).toMatchObject([{ file: at('16.log') }]);
  expect([plan.newBaseOffset, plan.losses]).toEqual([undefined, []]);
});
