/** Where a group stood at each look, and that it stood there with good reason. */
import { expect } from '@jest/globals';
import { type JobRun, offsetsOf, workedRecords } from './batch-job.js';
import type { Shell } from './shell.js';

/** What is looked at of `group describe --json`. */
export interface GroupLook {
  readonly lag: number;
  readonly pendingCount: number;
  readonly memberCount: number;
  readonly partitions: readonly {
    readonly partition: number;
    readonly committedOffset: number;
    readonly logEndOffset: number;
    readonly memberId: string | null;
  }[];
  readonly members: readonly {
    readonly pid: number;
    readonly childPid: number | null;
    readonly isAlive: boolean;
    readonly partitions: readonly { readonly partition: number }[];
  }[];
}

const NO_GROUP: GroupLook = {
  lag: Infinity,
  pendingCount: 0,
  memberCount: 0,
  partitions: [],
  members: [],
};

/** Also where nobody has come as far as to make the group. */
export async function describeGroup(shell: Shell, group: string): Promise<GroupLook> {
  const { code, out, err } = await shell.run(`spool group describe ${group} --json`);
  if (err.includes('GROUP_ID_NOT_FOUND')) return NO_GROUP;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as [GroupLook])[0];
}

interface Look {
  /** The positions are not younger. */
  readonly atMs: number;
  readonly positions: ReadonlyMap<number, number>;
}

export class GroupLedger {
  readonly #looks: Look[] = [];

  /**
   * Throws if a position moved back, or over a record that no command has had and exited 0. `runs` must
   * have been read after the group.
   */
  note({ partitions }: GroupLook, runs: readonly JobRun[]): void {
    const before = this.#looks.at(-1)?.positions;
    const positions = new Map<number, number>();
    const worked = workedRecords(runs);
    for (const { partition, committedOffset } of partitions) {
      positions.set(partition, committedOffset);
      const from = before?.get(partition) ?? 0;
      if (committedOffset < from) {
        throw new Error(`partition ${partition} went back from ${from} to ${committedOffset}`);
      }
      const passed = offsetsOf(from, committedOffset).find(
        (offset) => !worked.has(`${partition} ${offset}`),
      );
      if (passed === undefined) continue;
      throw new Error(
        `partition ${partition} stands at ${committedOffset}: nobody worked on ${passed}`,
      );
    }
    this.#looks.push({ atMs: Date.now(), positions });
  }

  /** Throws if a command was given a record that the group had moved over before. */
  checkNeverGivenAgain(runs: readonly JobRun[]): void {
    for (const { id, attempt, startedMs, ranges } of runs) {
      const positions = this.#looks.findLast(({ atMs }) => atMs < startedMs)?.positions;
      for (const { partition, firstOffset } of ranges) {
        const position = positions?.get(partition) ?? 0;
        if (position <= firstOffset) continue;
        throw new Error(
          `batch ${id}, attempt ${attempt}, has ${partition}:${firstOffset}; the group stood at ${position}`,
        );
      }
    }
  }
}
