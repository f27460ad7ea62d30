/** Those who work on a disk until its power goes, and know what must be there when it comes back. */
import { expect } from '@jest/globals';
import {
  type AcknowledgedRange,
  expectAcknowledged,
  rangesOf,
} from '../../support/stored-records.js';
import type { Survey } from './survey.js';

export interface Worker {
  /** Works until a call fails; a line of its output acknowledges something. */
  script(round: number): string;
  /** What it had said when the power went. */
  learn(round: number, output: string): void;
  /** Throws if something that was acknowledged is not there. */
  check(found: Survey): void;
}

/** Sends `NAME<round>:<number>` to partition 0 of a topic. */
export class Sender implements Worker {
  readonly #name: string;
  readonly #topic: string;
  readonly #acknowledged = new Map<string, readonly AcknowledgedRange[]>();

  constructor(name: string, topic: string) {
    this.#name = name;
    this.#topic = topic;
  }

  get acknowledgedCount(): number {
    const ranges = [...this.#acknowledged.values()].flat();
    return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  script(round: number): string {
    const format = `${this.#name}${round}:%.0f:${'x'.repeat(40)}`;
    return `seq -f ${format} 0 1000000 | spool produce ${this.#topic} --report --rate 2000/s --linger 1ms`;
  }

  learn(round: number, output: string): void {
    this.#acknowledged.set(`${this.#name}${round}`, rangesOf(output));
  }

  check({ topics }: Survey): void {
    const { values, logStartOffset } = partitionOf(topics, this.#topic);
    const nextBySender = new Map<string, number>();
    for (const value of values.slice(logStartOffset)) {
      const [sender = '', number = ''] = value.split(':');
      expect(value).toBe(`${sender}:${nextBySender.get(sender) ?? number}:${'x'.repeat(40)}`);
      nextBySender.set(sender, Number(number) + 1);
    }
    for (const [sender, ranges] of this.#acknowledged) {
      const kept = ranges.filter(({ last }) => last >= logStartOffset);
      const whole = kept.map(({ first, last }) => ({
        first: Math.max(first, logStartOffset),
        last,
      }));
      expectAcknowledged(values, sender, whole);
    }
  }
}

/** Reads on in a group, a few records a run. */
export class GroupReader implements Worker {
  readonly #group: string;
  readonly #topic: string;
  /** Where the group stands for certain, and where it may stand. */
  #acknowledged: number | undefined;
  #possible: number | undefined;

  constructor(group: string, topic: string) {
    this.#group = group;
    this.#topic = topic;
  }

  script(): string {
    const run = `spool consume ${this.#topic} -g ${this.#group} -n 20 -F '{offset}'`;
    return `while ${run} && echo done; do :; done`;
  }

  learn(_round: number, output: string): void {
    let last: number | undefined;
    for (const line of output.split('\n').slice(0, -1)) {
      if (line !== 'done') last = Number(line);
      else if (last !== undefined) this.#acknowledged = last + 1;
    }
    this.#possible = last === undefined ? this.#acknowledged : last + 1;
  }

  check({ topics, committedOffset }: Survey): void {
    expect([this.#acknowledged, this.#possible, 0]).toContain(committedOffset ?? 0);
    expect(committedOffset ?? 0).toBeGreaterThanOrEqual(this.#acknowledged ?? 0);
    const { logEndOffset } = partitionOf(topics, this.#topic);
    expect(committedOffset ?? 0).toBeLessThanOrEqual(logEndOffset);
    this.#acknowledged = committedOffset;
  }
}

/** Makes topics, and deletes every other one. */
export class TopicMaker implements Worker {
  /** Those that must be there, and those that must not; the others may or may not. */
  readonly #made = new Set<string>();
  readonly #deleted = new Set<string>();

  script(round: number): string {
    return (
      `for i in $(seq 100); do n=x${round}-$i; spool topic create $n -p 2 > out || exit; echo made $n; ` +
      `[ $((i % 2)) = 1 ] || { echo deleting $n; spool topic delete $n -y > out || exit; echo deleted $n; }; done`
    );
  }

  learn(_round: number, output: string): void {
    for (const line of output.split('\n').slice(0, -1)) {
      const [what, name = ''] = line.split(' ');
      if (what === 'made') this.#made.add(name);
      else this.#made.delete(name);
      if (what === 'deleted') this.#deleted.add(name);
    }
  }

  check({ topics }: Survey): void {
    const missing = [...this.#made].filter((name) => topics.get(name)?.length !== 2);
    const undead = [...this.#deleted].filter((name) => topics.has(name));
    expect({ missing, undead }).toEqual({ missing: [], undead: [] });
  }
}

/** Takes the oldest records of a topic away: at a position of its own, and by the topic's policy. */
export class Trimmer implements Worker {
  readonly #topic: string;
  #start = 0;

  constructor(topic: string) {
    this.#topic = topic;
  }

  script(): string {
    const trim = (before: string): string =>
      `spool topic trim ${this.#topic} --before=${before} -y --json`;
    return `while ${trim('-500')} && spool retention prune --json && ${trim('end')} && sleep 0.2; do :; done`;
  }

  learn(_round: number, output: string): void {
    for (const [, start] of output.matchAll(/"new(?:LogS|S)tartOffset":(\d+)/g)) {
      this.#start = Math.max(this.#start, Number(start));
    }
  }

  check({ topics }: Survey): void {
    const { logStartOffset, logEndOffset } = partitionOf(topics, this.#topic);
    expect(logStartOffset).toBeGreaterThanOrEqual(this.#start);
    expect(logEndOffset).toBeGreaterThanOrEqual(logStartOffset);
  }
}

function partitionOf(topics: Survey['topics'], name: string) {
  const partition = topics.get(name)?.[0];
  if (partition === undefined) throw new Error(`topic ${name} is not there`);
  return partition;
}
