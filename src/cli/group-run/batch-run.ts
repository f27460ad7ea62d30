/** `consume -g --exec`: batch after batch to a command, once or following. */
import { isCoreError } from '../../core/errors.js';
import type { BatchRanges, GroupMembership, ReadPosition } from '../../core/index.js';
import { formatCounted } from '../../view/numbers.js';
import { formatRanges } from '../exec/batch-variables.js';
import { invalidArgument } from '../grammar/invalid-argument.js';
import { BatchWork } from './batch-work.js';
import { type Collected, collect } from './collect.js';
import { GapRefusal } from './gap-refusal.js';
import { type GroupRun, asMember, tellAssignment, warnOfGap } from './group-run.js';
import { type BatchPlan, wholeBatch } from './group-run-plan.js';

/** What is pending first, then what is new. Resolves with the number of records. */
export async function runBatches(run: GroupRun, plan: BatchPlan): Promise<number | undefined> {
  await checkDeadLetter(run, plan);
  return asMember(run, async (member) => {
    const batches = new Batches(run, plan, member);
    const repeated = await batches.repeat();
    return repeated + (await batches.workOnNew());
  });
}

/** Until it is stopped, or `--until` is reached. */
export async function runFollowing(run: GroupRun, plan: BatchPlan): Promise<number | undefined> {
  await checkDeadLetter(run, plan);
  return asMember(run, (member) => new Batches(run, plan, member).follow());
}

/** Found out before anything is run, not when it is needed at last. */
async function checkDeadLetter(
  { cluster, targets }: GroupRun,
  { deadLetter }: BatchPlan,
): Promise<void> {
  if (deadLetter === undefined) return;
  if (targets.some(({ topic }) => topic === deadLetter.topic)) {
    throw invalidArgument(`--dead-letter ${deadLetter.topic}: that is what is read`);
  }
  await cluster.summarizeTopic(deadLetter.topic);
}

class Batches {
  readonly #run: GroupRun;
  readonly #plan: BatchPlan;
  readonly #member: GroupMembership;
  readonly #work: BatchWork;
  #waking: { readonly pause: AbortSignal; readonly signal: AbortSignal } | undefined;

  constructor(run: GroupRun, plan: BatchPlan, member: GroupMembership) {
    this.#run = run;
    this.#plan = plan;
    this.#member = member;
    this.#work = new BatchWork(run, plan, member);
  }

  async repeat(): Promise<number> {
    let count = 0;
    for (;;) {
      this.#run.stop.throwIfAborted();
      const batch = await this.#member.nextPending();
      if (batch === undefined) return count;
      this.#run.voice.noteOnTerminal(`repeating batch ${batch.id}, attempt ${batch.attempt}`);
      count += await this.#work.complete(batch);
    }
  }

  /** What is there now, as one batch, or with `--each` as a batch for every record. */
  async workOnNew(): Promise<number> {
    const { plan, stop } = this.#run;
    const consumer = await this.#member.openConsumer(plan.consume);
    const starts = consumer.positions;
    const found = await collect(consumer, { stop });
    return this.#give(starts, found);
  }

  async #give(starts: readonly ReadPosition[], found: Collected): Promise<number> {
    const refusal = new GapRefusal(this.#run, this.#work.tellGap);
    if (!found.gaps.map(refusal.onGap).every(Boolean)) return 0;
    if (!this.#plan.each) return this.#giveOne(found);
    let count = 0;
    for (let from = starts; count < found.count;) {
      this.#run.stop.throwIfAborted();
      // The rest is left to whoever has the partitions then.
      if (this.#member.mustRebalance.aborted) return count;
      const consumer = await this.#member.openBatch(
        { ranges: rangesBetween(from, found.positions) },
        { ...wholeBatch(this.#run.plan.consume), maxRecords: 1 },
      );
      const next = await collect(consumer, { stop: this.#run.stop });
      if (next.count === 0) break;
      count += await this.#giveOne(next);
      from = next.positions;
    }
    // Behind the last record there may be some that were filtered out.
    await this.#member.commit(found.positions);
    return count;
  }

  async #giveOne({ count, positions }: Collected): Promise<number> {
    if (count > 0) return this.#work.complete(await this.#member.begin(positions));
    await this.#member.commit(positions);
    return 0;
  }

  async follow(): Promise<number> {
    let count = 0;
    for (;;) {
      count += await this.#orLose(() => this.repeat());
      const startedAt = performance.now();
      const pause = this.#member.mustRebalance;
      const { consume } = this.#run.plan;
      const consumer = await this.#member.openConsumer(consume);
      const starts = consumer.positions;
      const found = await collect(consumer, {
        stop: this.#run.stop,
        pause: this.#wakingBy(pause),
        untilMs: startedAt + this.#plan.everyMs,
        enough: Math.min(consume.maxRecords, this.#plan.everyMs > 0 ? Infinity : 1),
      });
      const isOver = found.count === 0 && found.isOver;
      count += await this.#orLose(() => this.#give(starts, found));
      if (isOver) return count;
      if (pause.aborted || this.#member.mustRebalance.aborted) await this.#rebalance();
    }
  }

  /** One signal for as long as the same one is waited for: each costs a little for ever. */
  #wakingBy(pause: AbortSignal): AbortSignal {
    if (this.#waking?.pause !== pause) {
      this.#waking = { pause, signal: AbortSignal.any([this.#run.stop, pause]) };
    }
    return this.#waking.signal;
  }

  /** What is another member's by now, it gives to its own command. */
  async #orLose(work: () => Promise<number>): Promise<number> {
    try {
      return await work();
    } catch (error) {
      if (!isCoreError(error, 'ILLEGAL_GENERATION')) throw error;
      this.#run.voice.warn(error.message);
      await this.#rebalance();
      return 0;
    }
  }

  async #rebalance(): Promise<void> {
    const isStillIn = await this.#member.rebalance();
    tellAssignment(this.#run, this.#member, { isStillIn });
  }
}

function rangesBetween(
  from: readonly ReadPosition[],
  to: readonly ReadPosition[],
): BatchRanges['ranges'] {
  return from.map(({ topic, partition, offset }, at) => ({
    topic,
    partition,
    firstOffset: offset,
    endOffset: to[at]?.offset ?? offset,
  }));
}

/** `--dry-run`: what the next run would do. */
export async function describeBatch(run: GroupRun): Promise<number> {
  const { plan, groups, targets, stop, voice } = run;
  const { group } = plan.join;
  const { names } = await groups.list();
  const pending = names.includes(group) ? (await groups.describe(group)).pending : [];
  for (const { id, attempt, ranges, memberId } of pending) {
    if (memberId !== null) voice.note(`batch ${id} is at work: ${formatRanges(ranges)}`);
    else voice.note(`would repeat batch ${id}, attempt ${attempt + 1}: ${formatRanges(ranges)}`);
  }
  const request = { ...plan.join, targets, warnOfGap: warnOfGap(run), keepsFirstPositions: false };
  const reading = await groups.read(request, plan.consume);
  const { count } = await collect(reading.consumer, { stop });
  const ranges = formatRanges(reading.receipt(count).ranges);
  const what = count === 0 ? 'nothing' : `${formatCounted(count, 'record')}: ${ranges}`;
  voice.note(pending.length > 0 ? `from the position on there is ${what}` : `would take ${what}`);
  return count;
}
