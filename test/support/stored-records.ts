/** What a topic holds, for tests that compare it with what was sent and acknowledged. */
import { expect } from '@jest/globals';
import type { Shell } from './shell.js';

export interface AcknowledgedRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/** `SENDER:NUMBER` of all values of one partition, whose offsets begin at 0 and have no gap. */
export async function readDense(shell: Shell, topic: string): Promise<string[]> {
  const { code, out, err } = await shell.run(
    `set -o pipefail; spool consume ${topic} -F '{offset} {value}' | cut -d: -f1,2`,
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const values: string[] = [];
  for (const line of out.split('\n').slice(0, -1)) {
    const [offset = '', value = ''] = line.split(' ');
    if (Number(offset) !== values.length) {
      throw new Error(`offset ${offset} stands where ${values.length} should`);
    }
    values.push(value);
  }
  return values;
}

/** The whole lines of --report; a line that was cut off acknowledges nothing. */
export function rangesOf(reported: string): AcknowledgedRange[] {
  const lines = reported.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AcknowledgedRange);
}

/**
 * Values are `SENDER:NUMBER…`, and each sender counted from 0: its records must be there from 0 up, each
 * once, in their order. Returns how many each has.
 */
export function countBySender(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [offset, value] of values.entries()) {
    const [sender = '', number = ''] = value.split(':');
    const expected = counts.get(sender) ?? 0;
    if (Number(number) !== expected) {
      throw new Error(`offset ${offset} holds ${value.slice(0, 40)}, not ${sender}:${expected}`);
    }
    counts.set(sender, expected + 1);
  }
  return counts;
}

/** Every offset that was acknowledged to `sender` holds a record of it. */
export function expectAcknowledged(
  values: readonly string[],
  sender: string,
  ranges: readonly AcknowledgedRange[],
): number {
  let count = 0;
  for (const { first, last } of ranges) {
    for (let offset = first; offset <= last; offset++, count++) {
      if (values[offset]?.startsWith(`${sender}:`) !== true) {
        throw new Error(`offset ${offset}, acknowledged to ${sender}, holds ${values[offset]}`);
      }
    }
  }
  return count;
}
