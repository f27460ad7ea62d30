/**
 * A group's life in one story, cut off before each of its changes to the disk: by a kill, by a power cut
 * that takes what was not synced, by an operation that fails. Whatever is left, the state is whole, is the
 * one that was last acknowledged or the next, and never outlives the records that it speaks of; and the
 * next run works at once.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { GroupBatch, GroupMembership } from '../../../src/core/cluster/groups.js';
import { isCoreError } from '../../../src/core/errors.js';
import type { GroupState } from '../../../src/core/group/group-state.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import type { FaultFileSystem, Operation } from '../../support/fault-fs.js';
import { MemoryMachine, type MemoryProcess } from '../../support/memory-machine.js';
import { GROUP, PLAN, drain, endMembers, join, take } from './group-fixture.js';

const PARTITIONS = [0, 1];

/** Each step replaces the state once, or not at all. */
const STEPS: readonly (readonly [string, (story: Story) => Promise<void>])[] = [
  ['append a tail that nobody syncs', (story) => story.append(0)],
  ['join a new group', (story) => story.join()],
  ['begin', (story) => story.begin(2)],
  ['retry', (story) => story.retry()],
  ['finish', (story) => story.finish()],
  ['append', (story) => story.append(1)],
  ['commit', (story) => story.commit()],
  ['leave', (story) => story.leave()],
  ['seek', (story) => story.seek()],
  ['undo', (story) => story.undo()],
  ['join again', (story) => story.join()],
  ['append more', (story) => story.append(0)],
  ['begin the tail', (story) => story.begin(Infinity)],
  ['leave it pending', (story) => story.leave()],
  ['join and take it over', (story) => story.takeOver()],
  ['finish it', (story) => story.finish()],
  ['append to both', (story) => story.append(0, 1)],
  ['commit both', (story) => story.commit()],
  ['leave at last', (story) => story.leave()],
  ['delete', (story) => story.delete()],
];

class Story {
  readonly machine: MemoryMachine;
  /** Steps that were acknowledged. */
  done = 0;
  /** It was handed out, and its success was not reported yet. */
  batch: GroupBatch | undefined;
  readonly #watch: (fs: FaultFileSystem) => void;
  #process: MemoryProcess | undefined;
  #member: GroupMembership | undefined;

  /** `watch` sees the disk of each process that works on the group. */
  constructor(machine: MemoryMachine, watch: (fs: FaultFileSystem) => void) {
    this.machine = machine;
    this.#watch = watch;
  }

  /** Also what comes between two steps is told: `onStep` after each. */
  async tell(onStep: () => void = () => undefined): Promise<void> {
    for (const [, step] of STEPS) {
      await step(this);
      this.done++;
      onStep();
    }
  }

  #start(): MemoryProcess {
    this.#process = this.machine.start();
    this.#watch(this.#process.fs);
    return this.#process;
  }

  async append(...partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) {
      const writer = this.machine.start('produce');
      await writer.append('orders', partition, ['x', 'y'], { isSynced: false });
    }
  }

  async join(): Promise<void> {
    this.#member = await join(this.#start());
  }

  async takeOver(): Promise<void> {
    await this.join();
    this.batch = await this.#member!.nextPending();
  }

  async begin(maxRecords: number): Promise<void> {
    const { positions } = await take(this.#member!, { maxRecords });
    this.batch = await this.#member!.begin(positions);
  }

  async retry(): Promise<void> {
    await this.#member!.retry(this.batch!);
  }

  async finish(): Promise<void> {
    const batch = this.batch!;
    this.batch = undefined;
    await this.#member!.finish(batch);
  }

  async commit(): Promise<void> {
    await this.#member!.commit((await take(this.#member!)).positions);
  }

  async leave(): Promise<void> {
    const member = this.#member!;
    this.#member = undefined;
    await member.leave();
  }

  async seek(): Promise<void> {
    await (
      await this.#start().groups()
    ).move(GROUP, {
      kind: 'seek',
      targets: [],
      to: { kind: 'offset', offset: 1 },
    });
  }

  async undo(): Promise<void> {
    await (await this.#start().groups()).move(GROUP, { kind: 'undo' });
  }

  async delete(): Promise<void> {
    await (await this.#start().groups()).delete(GROUP);
  }

  /** As a program ends that met an error. */
  async giveUp(): Promise<void> {
    await this.#member?.leave().catch(() => undefined);
    this.#process?.kill();
  }
}

async function prepare(): Promise<MemoryMachine> {
  const machine = await MemoryMachine.boot({ orders: PARTITIONS.length });
  for (const partition of PARTITIONS) {
    await machine.start('produce').append('orders', partition, ['a', 'b', 'c']);
  }
  return machine.afterKill();
}

function readState(machine: MemoryMachine): GroupState | undefined {
  const { env, directory } = machine.start();
  return new GroupStore(env, directory).read(GROUP);
}

/** A run as cron starts it: what is pending, then what is new. Nothing in the group's folder is left over. */
async function runOnce(machine: MemoryMachine): Promise<void> {
  const member = await join(machine.start());
  for (;;) {
    const batch = await member.nextPending();
    if (batch === undefined) break;
    const consumer = await member.openBatch(batch, PLAN);
    const count = drain(consumer).split(' ').length;
    const wanted = batch.ranges.map(({ firstOffset, endOffset }) => endOffset - firstOffset);
    expect(count).toBe(wanted.reduce((sum, each) => sum + each));
    await member.finish(batch);
  }
  await member.commit((await take(member)).positions);
  await member.leave();
  const { groups } = machine.directory.paths;
  expect(machine.fs.list(groups)).toEqual([GROUP]);
  expect(machine.fs.list(`${groups}/${GROUP}/members`)).toEqual([]);
  const files = machine.fs.list(`${groups}/${GROUP}`);
  expect(files.filter((name) => !['state.json', 'state.prev', 'members'].includes(name))).toEqual(
    [],
  );
}

/** Recovers the log as the next writer does. No position may be above what it has found. */
async function checkPositions(machine: MemoryMachine): Promise<void> {
  const { offsets = [], pending = [] } = readState(machine) ?? {};
  for (const partition of PARTITIONS) {
    await machine.start('produce').append('orders', partition, ['after']);
  }
  const { partitions } = await machine.start().cluster.describeTopic('orders');
  const endOf = (partition: number): number => partitions[partition]!.logEndOffset - 1;
  for (const { partition, offset } of offsets) expect(offset).toBeLessThanOrEqual(endOf(partition));
  for (const { partition, endOffset } of pending.flatMap(({ ranges }) => ranges)) {
    expect(endOffset).toBeLessThanOrEqual(endOf(partition));
  }
}

/** Where nobody reads the message, it says which cut it was. */
async function named(name: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    (error as Error).message = `${name}\n${(error as Error).message}`;
    throw error;
  }
}

interface Cut {
  readonly name: string;
  readonly machine: MemoryMachine;
  readonly done: number;
  readonly batch: GroupBatch | undefined;
}

interface Told {
  readonly cuts: readonly Cut[];
  /** By the number of steps done. */
  readonly states: readonly (GroupState | undefined)[];
}

/** Tells the story once, and takes what `cut` makes of the machine before each change. */
async function cutEverywhere(
  cut: (machine: MemoryMachine, at: number) => MemoryMachine[],
): Promise<Told> {
  const machine = await prepare();
  const cuts: Cut[] = [];
  let lastChange = -1;
  const keep = ({ kind, path }: Pick<Operation, 'kind' | 'path'>): undefined => {
    const at = machine.fs.operationCount;
    if (at === lastChange) return;
    lastChange = at;
    const { done, batch } = story;
    for (const [seedAt, cutOff] of cut(machine, at).entries()) {
      const name = `cut ${at}, ${seedAt}: ${STEPS[done]?.[0]}, before ${kind} ${path}`;
      cuts.push({ name, machine: cutOff, done, batch });
    }
  };
  const story = new Story(machine, (fs) => fs.failWhen(keep));
  const states = [readState(machine)];
  await story.tell(() => states.push(readState(machine)));
  return { cuts, states };
}

function checkState({ machine, done, batch }: Cut, states: Told['states']): void {
  const state = readState(machine);
  expect([states[done], states[done + 1]]).toContainEqual(state);
  if (batch === undefined) return;
  expect(state?.pending).toMatchObject([{ id: batch.id, ranges: batch.ranges }]);
}

afterEach(endMembers);

describe('cut off before any change', () => {
  test('by a kill, a group stands where it was said to, and the next run works at once', async () => {
    const { cuts, states } = await cutEverywhere((machine) => [machine.afterKill()]);
    expect(cuts.length).toBeGreaterThan(100);
    for (const cut of cuts) {
      await named(cut.name, async () => {
        checkState(cut, states);
        await runOnce(cut.machine);
      });
    }
  });

  test('by a power cut, it keeps all that was acknowledged, and no position without its records', async () => {
    const { cuts, states } = await cutEverywhere((machine, at) =>
      [0, 2 + at].map((seed) => machine.afterPowerCut(seed)),
    );
    for (const [at, cut] of cuts.entries()) {
      await named(cut.name, async () => {
        checkState(cut, states);
        // The next to come may be a run or a writer.
        const isRunFirst = (at >> 1) % 2 === 0;
        if (isRunFirst) await runOnce(cut.machine);
        await checkPositions(cut.machine);
        if (!isRunFirst) await runOnce(cut.machine);
      });
    }
  });
});

describe('where an operation fails', () => {
  const WRITES: readonly string[] = ['create', 'append', 'writeAt', 'makeDirectory', 'link'];
  const CHANGES: readonly string[] = [...WRITES, 'sync', 'rename', 'syncDirectory', 'removeFile'];

  /** The same whatever its ids are. */
  function outlineOf(state: GroupState | undefined): unknown {
    return {
      offsets: state?.offsets.map(({ partition, offset }) => [partition, offset]),
      pending: state?.pending.map(({ attempt, ranges }) => ({ attempt, ranges })),
      members: state?.members.map(({ owned }) => owned),
      moves: state?.moves.map(({ reason, offsets }) => ({ reason, offsets })),
    };
  }

  test('the error says so, nothing is half done, and the next run works', async () => {
    const whole = await prepare();
    const machine = whole.afterKill();
    const outlines = [outlineOf(undefined)];
    let count = 0;
    const counted = new Story(machine, (fs) =>
      fs.failWhen(({ kind }) => {
        if (CHANGES.includes(kind)) count++;
        return undefined;
      }),
    );
    await counted.tell(() => outlines.push(outlineOf(readState(machine))));

    for (let at = 0; at < count; at++) {
      const again = whole.afterKill();
      let left = at;
      let what = '';
      const story = new Story(again, (fs) =>
        fs.failWhen(({ kind, path }) => {
          if (!CHANGES.includes(kind) || left-- !== 0) return undefined;
          what = `${kind} ${path}`;
          return WRITES.includes(kind) ? 'DISK_FULL' : 'IO_ERROR';
        }),
      );
      const error = await story.tell().catch((failure: unknown) => failure);
      const { done } = story;
      await named(`${at}: ${STEPS[done]?.[0] ?? 'all'}, at ${what}`, async () => {
        if (done < STEPS.length) {
          const isLogSync = what.startsWith('sync ') && what.endsWith('.log');
          const ofChange = WRITES.includes(what.split(' ')[0]!) ? 'DISK_FULL' : 'IO_ERROR';
          expect([what, isCoreError(error, isLogSync ? 'SYNC_FAILED' : ofChange)]).toEqual([
            what,
            true,
          ]);
        }
        expect([outlines[done], outlines[done + 1]]).toContainEqual(outlineOf(readState(again)));
        await story.giveUp();
        await runOnce(again);
        await checkPositions(again.afterPowerCut(0));
      });
    }
  });

  test('of a sync of the log, the next one does not pass for it', async () => {
    const machine = await prepare();
    const process = machine.start();
    await machine.start('produce').append('orders', 0, ['x'], { isSynced: false });
    const member = await join(process);
    const { positions } = await take(member);
    process.fs.failWhen(({ kind, path }) =>
      kind === 'sync' && path.endsWith('.log') ? 'IO_ERROR' : undefined,
    );
    await expect(member.begin(positions)).rejects.toMatchObject({ code: 'SYNC_FAILED' });
    process.kill();
    await runOnce(machine);
    await checkPositions(machine.afterPowerCut(0));
  });
});
