import { describe, expect, test } from '@jest/globals';
import { Parser } from '@oclif/core';
import { CONSUME_FLAGS } from '../../../src/cli/consume/consume-flags.js';
import { GROUP_FLAGS } from '../../../src/cli/consume/group-flags.js';
import {
  type GroupRunFlags,
  type GroupRunPlan,
  planRun,
} from '../../../src/cli/group-run/group-run-plan.js';
import type { ConsumePlan } from '../../../src/core/index.js';

const NOW_MS = Date.UTC(2026, 0, 1);

/** What is typed behind `consume t`, with its words apart by blanks. */
async function planOf(line: string, child?: string[]): Promise<ConsumePlan | GroupRunPlan> {
  const words = line.split(' ').filter((word) => word !== '');
  const { flags } = await Parser.parse(words, { flags: { ...CONSUME_FLAGS, ...GROUP_FLAGS } });
  return planRun(flags, child, NOW_MS);
}

async function groupPlanOf(line: string, child?: string[]): Promise<GroupRunPlan> {
  return (await planOf(line, child)) as GroupRunPlan;
}

describe('what does not go together is refused with a sentence', () => {
  test.each([
    // A group has a position of its own.
    ['-g g --from 1', '--from and -g exclude each other'],
    ['-g g --from-offset 0', '--from-offset and -g exclude each other'],
    ['-g g --from-time today', '--from-time and -g exclude each other'],
    ['-g g --from-beginning', '--from-beginning and -g exclude each other'],
    ['-g g --last 2', '--last and -g exclude each other'],
    ['-g g --clamp', '--clamp and -g exclude each other'],
    // Where the records go.
    ['-g g --peek --receipt r', '--peek and --receipt exclude each other'],
    ['-g g --exec x -o y', '--output and a command exclude each other'],
    ['-g g --exec x --peek', '--peek and a command exclude each other'],
    ['-g g --exec x --receipt r', '--receipt and a command exclude each other'],
    // What ends and what does not.
    ['-g g -f --peek', '--peek and -f with -g exclude each other'],
    ['-g g -f --receipt r', '--receipt and -f with -g exclude each other'],
    ['-g g -f --exec x --dry-run', '--dry-run and -f with -g exclude each other'],
    ['-g g -f --members 2', '--members and -f with -g exclude each other'],
    ['-g g -f -p 1', '--partition and -f with -g exclude each other'],
    ['-g g -f --fail-if-empty', '--fail-if-empty and -f with -g exclude each other'],
    ['-g g --exec x --every 1m', '--every collects batches while following'],
    // What is about a command.
    ['-g g --each', '--each is for a command'],
    ['-g g --as-file', '--as-file is for a command'],
    ['-g g --timeout 1s', '--timeout is for a command'],
    ['-g g --retries 1', '--retries is for a command'],
    ['-g g --retries 0', '--retries is for a command'],
    ['-g g --backoff 1s', '--backoff is for a command'],
    ['-g g --dead-letter d', '--dead-letter is for a command'],
    ['-g g --after 1', '--after is for a command'],
    ['-g g -f --every 1s', '--every is for a command'],
    ['-g g --exec x --dead-letter d', '--dead-letter and --after go together'],
    ['-g g --exec x --after 2', '--dead-letter and --after go together'],
    ['-g g --session-timeout forever', '--session-timeout can be from 1s to 30m'],
    ['-g g --session-timeout 10ms', '--session-timeout can be from 1s to 30m'],
    ['-g g --exec x --timeout 0s', '--timeout: no command can be that quick'],
    // Positions that are none.
    ['-g g --initial yesteryear', '"yesteryear" is not a position'],
    ['-g g --until yesteryear', '"yesteryear" is not a position'],
  ])('%s', async (line, message) => {
    await expect(planOf(line)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  test.each([
    ['-g g --exec x', ['y'], '--exec and a command after -- exclude each other'],
    ['-g g', [], 'there is no command after --'],
    ['-g g -o y', ['x'], '--output and a command exclude each other'],
    ['', ['x'], 'a command after -- is for reading as a group'],
  ])('%s -- %j', async (line, child, message) => {
    await expect(planOf(line, child)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
  });

  test('an empty command', async () => {
    const { flags } = await Parser.parse(['-g', 'g', '--exec', '  '], { flags: GROUP_FLAGS });
    const plan = (): unknown => planRun(flags as unknown as GroupRunFlags, undefined, NOW_MS);
    expect(plan).toThrow('--exec: the command is empty');
  });
});

describe('without a group', () => {
  test.each([
    '--initial end', '--on-gap fail', '--peek', '--receipt r', '--if-busy skip', '--members 1',
    '--assignor range', '--member-id m', '--session-timeout 1s', '--exec x', '--each', '--as-file',
    '--timeout 1s', '--retries 0', '--backoff 1s', '--dead-letter d', '--after 1', '--every 1s', '--dry-run',
  ])('%s means nothing, and is refused', async (line) => {
    const [flag = ''] = line.split(' ');
    await expect(planOf(line)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: `${flag} is for reading as a group`,
      suggestion: expect.stringContaining('-g GROUP'),
    });
  }); // prettier-ignore

  test('the plan is that of a range', async () => {
    expect(await planOf('--from 2 -n 3')).toMatchObject({
      from: { kind: 'offset', offset: 2 },
      maxRecords: 3,
    });
  });
});

describe('the plan of a group', () => {
  test('what is left out: from the start, all partitions, no wait, no command', async () => {
    const { isPeek, isDryRun, ...plan } = await groupPlanOf('-g load');
    expect([isPeek, isDryRun].some(Boolean)).toBe(false);
    expect(plan).toEqual({
      consume: expect.objectContaining({ maxRecords: Infinity, until: undefined }),
      join: {
        group: 'load',
        initial: { kind: 'start' },
        onGap: 'earliest',
        kind: 'batch',
        members: 1,
        instanceId: undefined,
        assignor: 'cooperative-sticky',
        sessionTimeoutMs: 45_000,
        repeatsBatches: false,
        busyWaitMs: 0,
      },
      batch: undefined,
      receipt: undefined,
      skipsIfBusy: false,
    });
  });

  test('all that can be said of taking part', async () => {
    const line =
      '-g g -f --initial end --on-gap fail --assignor range --member-id m --session-timeout 2m';
    expect((await groupPlanOf(line)).join).toMatchObject({
      initial: { kind: 'end' },
      onGap: 'fail',
      kind: 'follow',
      assignor: 'range',
      instanceId: 'm',
      sessionTimeoutMs: 120_000,
    });
    expect((await groupPlanOf('-g g --members 3')).join).toMatchObject({ members: 3 });
  });

  test.each([
    ['', { busyWaitMs: 0 }, false],
    ['--if-busy fail', { busyWaitMs: 0 }, false],
    ['--if-busy skip', { busyWaitMs: 0 }, true],
    ['--if-busy wait', { busyWaitMs: Infinity }, false],
    ['--if-busy wait=5m', { busyWaitMs: 300_000 }, false],
  ])('when it is busy: %s', async (flags, join, skipsIfBusy) => {
    expect(await groupPlanOf(`-g g ${flags}`)).toMatchObject({ join, skipsIfBusy });
  });

  test('--if-busy with anything else is refused', async () => {
    await expect(planOf('-g g --if-busy later')).rejects.toMatchObject({
      message: expect.stringContaining('"later" is none of fail, skip, wait'),
    });
  });

  test('a command repeats batches; what is left out: no limit, no retry, a second between two', async () => {
    const { batch, join } = await groupPlanOf('-g g --exec cat');
    expect(join.repeatsBatches).toBe(true);
    expect(batch?.each ?? false).toBe(false);
    expect(batch?.asFile ?? false).toBe(false);
    expect(batch).toMatchObject({
      command: { kind: 'shell', text: 'cat' },
      timeoutMs: undefined,
      retries: 0,
      backoffMs: 1000,
      deadLetter: undefined,
      everyMs: 0,
    });
  });

  test('all that can be said of a command, here as words', async () => {
    const line =
      '-g g -f --each --as-file --timeout 1m --retries 2 --backoff 5s --dead-letter d --after 3 --every 30s';
    expect((await groupPlanOf(line, ['load', '--fast'])).batch).toEqual({
      command: { kind: 'argv', words: ['load', '--fast'] },
      each: true,
      asFile: true,
      timeoutMs: 60_000,
      retries: 2,
      backoffMs: 5000,
      deadLetter: { topic: 'd', after: 3 },
      everyMs: 30_000,
    });
  });
});
