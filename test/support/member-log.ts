/**
 * What a following member of a group said and printed, in one file (`-v -F '{partition} {offset}' >> FILE
 * 2>&1`): it writes all the records of one generation before it names the next, so the line that says
 * which partitions it has holds for what follows.
 *
 * A tenure is one member's time with one partition, from the generation that gave it to the member on.
 * It ends in good order where the member gave the partition up or left: what it printed is committed. A
 * member that was killed, or was left out because it was silent, may have printed more.
 */
import { readFileSync } from 'node:fs';

interface Tenure {
  readonly member: string;
  readonly generation: number;
  readonly partition: number;
  /** The first and the last one; undefined: it printed none. */
  offsets: { readonly first: number; last: number } | undefined;
  isInOrder: boolean;
}

export interface MemberLog {
  readonly tenures: readonly Tenure[];
  /** The generations that it named, each with its partitions. */
  readonly assignments: readonly Assignment[];
  /** What else it said. */
  readonly remarks: readonly string[];
}

interface Assignment {
  readonly generation: number;
  readonly partitions: readonly number[];
}

const RECORD = /^(\d+) (\d+)$/;
const ASSIGNMENT = /^generation (\d+): (.*)$/;
const LEFT_OUT = /left out|left this consumer out|does not own/;

/** `endedInOrder`: the member left by itself, or has everything committed that it printed. */
export function parseMemberLog(
  text: string,
  { member, endedInOrder }: { readonly member: string; readonly endedInOrder: boolean },
): MemberLog {
  const tenures: Tenure[] = [];
  const assignments: Assignment[] = [];
  const remarks: string[] = [];
  const open = new Map<number, Tenure>();
  const close = (partition: number, isInOrder: boolean): void => {
    open.get(partition)!.isInOrder = isInOrder;
    open.delete(partition);
  };
  const closeAll = (isInOrder: boolean): void => {
    for (const partition of [...open.keys()]) close(partition, isInOrder);
  };
  // Behind the last newline may be the half of a line.
  for (const line of text.split('\n').slice(0, -1)) {
    const record = RECORD.exec(line);
    if (record !== null) {
      const [, partition, offset] = record;
      addRecord(open.get(Number(partition)), { member, line, offset: Number(offset) });
      continue;
    }
    const assignment = parseAssignment(line);
    if (assignment === undefined) {
      remarks.push(line);
      if (LEFT_OUT.test(line)) closeAll(false);
      continue;
    }
    assignments.push(assignment);
    const { generation, partitions } = assignment;
    for (const partition of [...open.keys()]) {
      if (!partitions.includes(partition)) close(partition, true);
    }
    for (const partition of partitions) {
      if (open.has(partition)) continue;
      const tenure = { member, generation, partition, offsets: undefined, isInOrder: false };
      open.set(partition, tenure);
      tenures.push(tenure);
    }
  }
  closeAll(endedInOrder);
  return { tenures, assignments, remarks };
}

function parseAssignment(line: string): Assignment | undefined {
  const [, generation, places = ''] = ASSIGNMENT.exec(line) ?? [];
  if (generation === undefined) return undefined;
  const partitions = [...places.matchAll(/:(\d+)/g)].map(([, partition]) => Number(partition));
  return { generation: Number(generation), partitions };
}

function addRecord(
  tenure: Tenure | undefined,
  {
    member,
    line,
    offset,
  }: { readonly member: string; readonly line: string; readonly offset: number },
): void {
  if (tenure === undefined) throw new Error(`${member} printed ${line}, of a partition it had not`);
  const { offsets } = tenure;
  if (offsets === undefined) tenure.offsets = { first: offset, last: offset };
  else if (offset === offsets.last + 1) offsets.last = offset;
  else throw new Error(`${member} printed ${line} behind offset ${offsets.last}`);
}

/** The partitions that it named last. */
export function currentPartitions(path: string): readonly number[] {
  const lines = readFileSync(path, 'latin1').split('\n').slice(0, -1);
  return lines.map(parseAssignment).findLast((found) => found !== undefined)?.partitions ?? [];
}

export interface DeliveryFigures {
  /** Of records, over all partitions. */
  readonly printedCount: number;
  readonly repeatedCount: number;
  readonly tenureCount: number;
}

/**
 * Throws unless: no two members named the same generation; no two tenures of a partition began with the
 * same one; each tenure began where the one before it had ended, or, if that had not ended in order, at
 * a record that it had printed; and all records below `endOffsets` were printed.
 */
export function checkDelivery(
  logs: readonly MemberLog[],
  endOffsets: ReadonlyMap<number, number>,
): DeliveryFigures {
  checkGenerations(logs);
  const all = logs.flatMap(({ tenures }) => tenures);
  let printedCount = 0;
  let storedCount = 0;
  for (const [partition, endOffset] of endOffsets) {
    const tenures = all
      .filter((tenure) => tenure.partition === partition)
      .sort((left, right) => left.generation - right.generation);
    checkSuccession(tenures, endOffset);
    storedCount += endOffset;
    for (const { offsets } of tenures) {
      if (offsets !== undefined) printedCount += offsets.last - offsets.first + 1;
    }
  }
  return { printedCount, repeatedCount: printedCount - storedCount, tenureCount: all.length };
}

function checkGenerations(logs: readonly MemberLog[]): void {
  const owners = new Map<number, MemberLog>();
  for (const log of logs) {
    for (const { generation } of log.assignments) {
      const owner = owners.get(generation) ?? log;
      if (owner !== log) throw new Error(`two members had partitions of generation ${generation}`);
      owners.set(generation, owner);
    }
  }
}

function checkSuccession(tenures: readonly Tenure[], endOffset: number): void {
  // Where the next tenure may begin.
  let [low, high] = [0, 0];
  for (const [at, tenure] of tenures.entries()) {
    const before = tenures[at - 1];
    const { generation, offsets, isInOrder } = tenure;
    const isAfter = generation > (before?.generation ?? -1);
    const isHere = offsets === undefined || (offsets.first >= low && offsets.first <= high);
    if (!isAfter || !isHere) {
      const texts = [before, tenure].map((one) => JSON.stringify(one));
      throw new Error(`expected at ${low} to ${high}:\n${texts.join('\n')}`);
    }
    if (offsets === undefined) continue;
    [low, high] = [isInOrder ? offsets.last + 1 : offsets.first, offsets.last + 1];
  }
  if (high !== endOffset) {
    throw new Error(`partition ${tenures[0]?.partition} was printed to ${high}, not ${endOffset}`);
  }
}
