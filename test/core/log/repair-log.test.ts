import { describe, expect, test } from '@jest/globals';
import { LogRepair } from '../../../src/core/log/repair-log.js';
import type { LogRepairPlan } from '../../../src/core/log/repair-plan.js';
import { CoreError } from '../../../src/core/errors.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import {
  LOCATION,
  NO_WAIT,
  appendRaw,
  codeOf,
  environment,
  flipBit,
  readerOf,
} from '../../support/log-fixture.js';
import { planOf, repair, repairOptions } from './repairing.js';
import { LOG, logOf, positionsOf, readBytes } from './verification.js';

async function damagedLog() {
  const fs = await logOf(9);
  flipBit(fs, LOG, positionsOf(fs, LOG)[3]! + 70);
  return fs;
}

function carryOut(repair: LogRepair, plan: LogRepairPlan): void {
  const steps = repair.apply(plan);
  while (steps.next().done !== true);
}

test('what promises something is on disk before what needs the promise', async () => {
  const memory = await damagedLog();
  const plan = planOf(memory);
  const from = memory.operationCount;
  const repair = new LogRepair(environment(memory), repairOptions());
  await repair.begin(NO_WAIT);
  carryOut(repair, plan);
  repair.end();
  const steps = memory.trace
    .slice(from)
    .map((step) =>
      step.replaceAll(`${LOCATION.directory}/`, '').replace(/^(append \S+) \d+$/, '$1'),
    )
    .filter((step) => !step.includes('syncDirectory'))
    .map((step) => step.replace(/0{15,}/g, '0'));
  const order = [
    'sync 0.log.damaged.cleaned',
    'rename 0.log.damaged.cleaned -> 0.log.damaged',
    'sync 0.log.cleaned',
    'sync 08.log.cleaned',
    'sync 0.log',
    'create 018.log',
    `sync ${LOCATION.controlPath}`,
    `sync ${LOCATION.controlPath}`,
    'removeFile 0.index',
    'rename 08.log.cleaned -> 08.log.swap',
    'rename 0.log.cleaned -> 0.log.swap',
    'rename 08.log.swap -> 08.log',
    'rename 0.log.swap -> 0.log',
    'rename 0.timeindex.cleaned -> 0.timeindex',
    'rename 0.index.cleaned -> 0.index',
  ];
  expect(steps.filter((step) => order.includes(step))).toEqual(order);
});

test('every name is on disk before the next is changed', async () => {
  const memory = await damagedLog();
  const plan = planOf(memory);
  const from = memory.operationCount;
  const repair = new LogRepair(environment(memory), repairOptions());
  await repair.begin(NO_WAIT);
  carryOut(repair, plan);
  repair.end();
  const steps = memory.trace.slice(from);
  steps.forEach((step, index) => {
    if (step.startsWith('rename'))
      expect(steps[index + 1]).toBe(`syncDirectory ${LOCATION.directory}`);
  });
});

describe('a failure', () => {
  test('before anything is changed takes back what was made, and gives the lock back', async () => {
    const memory = await damagedLog();
    const before = memory.tree();
    const fs = new FaultFileSystem(memory);
    fs.failWhen(({ kind, path }) =>
      kind === 'append' && path.endsWith('8.log.cleaned') ? 'DISK_FULL' : undefined,
    );
    const repair = new LogRepair(environment(fs), repairOptions());
    await repair.begin(NO_WAIT);
    expect(await codeOf(() => carryOut(repair, planOf(memory)))).toBe('DISK_FULL');
    repair.end();
    expect(memory.tree()).toEqual(before);
    expect(readerOf(memory).control()).toMatchObject({ isHeld: false, lostRanges: [] });
  });

  test('half-way leaves the lock as a dead holder does, for the next writer to sweep', async () => {
    const memory = await damagedLog();
    const fs = new FaultFileSystem(memory);
    fs.failWhen(({ kind, path }) =>
      kind === 'rename' && path.endsWith('.swap') ? 'IO_ERROR' : undefined,
    );
    const repair = new LogRepair(environment(fs), repairOptions());
    await repair.begin(NO_WAIT);
    expect(await codeOf(() => carryOut(repair, planOf(memory)))).toBe('IO_ERROR');
    repair.end();
    expect(readerOf(memory).control()).toMatchObject({ isHeld: true });
  });

  test('a topic that was deleted meanwhile is not touched', async () => {
    const fs = await damagedLog();
    const before = readBytes(fs, LOG);
    const repair = new LogRepair(environment(fs), {
      ...repairOptions(),
      checkStillOurs: () => {
        throw new CoreError('UNKNOWN_TOPIC_ID', 'gone');
      },
    });
    expect(await codeOf(() => repair.begin(NO_WAIT))).toBe('UNKNOWN_TOPIC_ID');
    repair.end();
    expect(readBytes(fs, LOG)).toEqual(before);
  });
});

test('an unfinished append is cut, and its bytes are kept', async () => {
  const fs = await logOf(2);
  const { length } = readBytes(fs, LOG);
  appendRaw(fs, LOG, Buffer.from('torn'));
  const repair = new LogRepair(environment(fs), repairOptions());
  await repair.begin(NO_WAIT);
  carryOut(repair, planOf(fs));
  repair.end();
  expect(readBytes(fs, LOG).length).toBe(length);
  expect(repair.keptAside).toEqual([`${LOCATION.directory}/00000000000000000000.log.torn`]);
});

test('one that died before it said where the log goes on is made good by the next', async () => {
  const memory = await damagedLog();
  const plan = planOf(memory);
  const faults = new FaultFileSystem(memory);
  let isMade = false;
  faults.failWhen(({ kind, path }) => {
    isMade ||= kind === 'create' && path.endsWith('.log') && !path.includes('cleaned');
    return isMade && kind === 'writeAt' && path === LOCATION.controlPath ? 'IO_ERROR' : undefined;
  });
  const first = new LogRepair(environment(faults), repairOptions());
  await first.begin(NO_WAIT);
  expect(await codeOf(() => carryOut(first, plan))).toBe('IO_ERROR');
  const disk = memory.crashClone(1);
  expect(readerOf(disk).control()!.activeBaseOffset).toBe(0);
  await repair(disk);
  const reader = readerOf(disk);
  expect(reader.control()!.activeBaseOffset).toBe(reader.baseOffsets().at(-1));
});
