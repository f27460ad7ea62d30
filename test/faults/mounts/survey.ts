/** What lies on a disk, as the commands tell it. Reads only. */
import { expect } from '@jest/globals';
import type { Shell } from '../../support/shell.js';

export interface Survey {
  /** By name. */
  readonly topics: ReadonlyMap<string, readonly SurveyedPartition[]>;
  /** Of one group; undefined where the group is not there. */
  readonly committedOffset: number | undefined;
}

export interface SurveyedPartition {
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** At the place of their offsets; what lies below the start is empty. */
  readonly values: string[];
}

interface DescribedTopic {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly logStartOffset: number;
    readonly logEndOffset: number;
  }[];
}

interface DescribedGroup {
  readonly partitions: readonly { readonly committedOffset: number | null }[];
}

/** Everything is described, verified, and read; an offset that is missing is an error. */
export async function survey(shell: Shell, group: string): Promise<Survey> {
  const names = JSON.parse(await succeed(shell, 'spool topic list --json')) as DescribedTopic[];
  const list = names.map(({ topic }) => topic).join(' ');
  const described = JSON.parse(
    await succeed(shell, `spool topic describe ${list} --json`),
  ) as DescribedTopic[];
  await succeed(shell, 'spool verify -q');
  const read = await succeed(
    shell,
    `spool consume ${list} --order partition -F '{topic}:{partition} {offset} {value}'`,
  );
  const partitions = new Map<string, string[]>();
  const topics = new Map<string, SurveyedPartition[]>();
  for (const { topic, partitions: ends } of described) {
    const surveyed = ends.map(({ logStartOffset, logEndOffset }): SurveyedPartition => {
      return { logStartOffset, logEndOffset, values: Array<string>(logStartOffset).fill('') };
    });
    topics.set(topic, surveyed);
    for (const [at, { values }] of surveyed.entries()) partitions.set(`${topic}:${at}`, values);
  }
  for (const line of read.split('\n').slice(0, -1)) {
    const [partition = '', offset = '', value = ''] = line.split(' ');
    const values = partitions.get(partition) ?? [];
    if (Number(offset) !== values.length) {
      throw new Error(`${partition} goes on at ${offset}, not at ${values.length}`);
    }
    values.push(value);
  }
  for (const { values, logEndOffset } of [...topics.values()].flat()) {
    expect(values.length).toBe(logEndOffset);
  }
  return { topics, committedOffset: await committedOffset(shell, group) };
}

async function committedOffset(shell: Shell, group: string): Promise<number | undefined> {
  const { code, out, err } = await shell.run(`spool group describe ${group} --json`);
  // A group that nobody has committed for yet.
  if (code === 3) return undefined;
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return (JSON.parse(out) as DescribedGroup[])[0]?.partitions[0]?.committedOffset ?? undefined;
}

async function succeed(shell: Shell, script: string): Promise<string> {
  const { code, out, err } = await shell.run(script);
  expect({ script, code, err }).toEqual({ script, code: 0, err: '' });
  return out;
}
