/**
 * One batch and its command: run, run again, given up, or put aside. The batch is pending all the time;
 * the group moves over it when the command has exited 0, or when its records stand in the dead-letter
 * topic.
 */
import { CoreError } from '../../core/errors.js';
import type { Gap, GroupBatch, GroupMembership } from '../../core/index.js';
import { ambiguityText, gapText } from '../../view/consume-view.js';
import { type RecordOutput, consumeAll } from '../consume/consume-run.js';
import { backoffMs, waitForRetry } from '../exec/backoff.js';
import { withBatchFile } from '../exec/batch-file.js';
import { batchVariables, childEnvironment, formatRanges } from '../exec/batch-variables.js';
import { type ChildEnd, describeEnd } from '../exec/child-end.js';
import { runChild } from '../exec/run-child.js';
import { type Collected, collect } from './collect.js';
import { putAside } from './dead-letters.js';
import { type GroupRun, announce } from './group-run.js';
import { type BatchPlan, wholeBatch } from './group-run-plan.js';

export class BatchWork {
  readonly #run: GroupRun;
  readonly #plan: BatchPlan;
  readonly #member: GroupMembership;
  readonly #toldGaps = new Set<string>();

  constructor(run: GroupRun, plan: BatchPlan, member: GroupMembership) {
    this.#run = run;
    this.#plan = plan;
    this.#member = member;
  }

  /** Once for each: a batch is read before it is begun, and again when it is given out. */
  readonly tellGap = (gap: Gap): void => {
    const text = gapText(gap);
    if (this.#toldGaps.has(text)) return;
    this.#toldGaps.add(text);
    this.#run.voice.warn(text);
  };

  /**
   * Resolves with the number of records when the batch is done with. DELIVERY_UNCONFIRMED if its command
   * failed for the last time in this run; the stop's reason if that was why.
   */
  async complete(first: GroupBatch): Promise<number> {
    const found = await this.#look(first);
    found.gaps.forEach(this.tellGap);
    if (found.count > 0) await this.#untilDone(first, found);
    else await this.#finish(first);
    return found.count;
  }

  async #untilDone(first: GroupBatch, found: Collected): Promise<void> {
    const { deadLetter, retries, backoffMs: firstMs } = this.#plan;
    const { stop, voice } = this.#run;
    let batch = first;
    for (let retry = 1; ; retry++) {
      const end = await this.#attempt(batch, found);
      if (isSuccess(end)) break;
      if (end.kind === 'notStarted') await this.#member.uncount(batch);
      stop.throwIfAborted();
      const failure = this.#failure(batch, end);
      if (end.kind === 'notStarted') throw failure;
      if (deadLetter !== undefined && batch.attempt >= deadLetter.after) {
        await this.#member.confirm(batch);
        await putAside(this.#run, { batch, topic: deadLetter.topic, member: this.#member, end });
        voice.warn(`${failure.message}; its records were put into ${deadLetter.topic}`);
        break;
      }
      if (retry > retries) throw failure;
      voice.warn(`${failure.message}; trying again`);
      await waitForRetry(backoffMs(firstMs, retry), stop);
      batch = await this.#member.retry(batch);
    }
    await this.#finish(batch);
  }

  async #finish(batch: GroupBatch): Promise<void> {
    announce(this.#run, await this.#member.finish(batch));
  }

  /** As the filters of this run have it, and as much as is still kept. */
  async #look(batch: GroupBatch): Promise<Collected> {
    const { plan, stop } = this.#run;
    const consumer = await this.#member.openBatch(batch, wholeBatch(plan.consume));
    return collect(consumer, { stop });
  }

  async #attempt(batch: GroupBatch, found: Collected): Promise<ChildEnd> {
    if (!this.#plan.asFile) return this.#start(batch, found, undefined);
    const { stop } = this.#run;
    return withBatchFile(
      (output) => this.#write(batch, output, stop),
      (path) => this.#start(batch, found, path),
    );
  }

  async #start(
    batch: GroupBatch,
    { count, gaps }: Collected,
    file: string | undefined,
  ): Promise<ChildEnd> {
    const { plan, stop, isTerminal, variables } = this.#run;
    const { id, attempt, ranges } = batch;
    const facts = { group: plan.join.group, id, attempt, count, ranges, gaps, file };
    // Whoever was frozen until here may have lost the batch to another.
    if (file !== undefined) await this.#member.confirm(batch);
    let hasStarted = false as boolean;
    try {
      return await runChild({
        command: this.#plan.command,
        environment: childEnvironment(variables, batchVariables(facts)),
        lockDescriptor: this.#member.lockDescriptor,
        timeoutMs: this.#plan.timeoutMs,
        stop,
        isTerminal,
        feed: file === undefined ? (input) => this.#write(batch, input, input.gone) : undefined,
        onSpawn: async (pid) => {
          hasStarted = true;
          // From here on the command speaks for the batch; before this it may have been lost.
          this.#member.noteChild(pid);
          await this.#member.confirm(batch);
        },
      });
    } catch (error) {
      if (!hasStarted) await this.#member.uncount(batch);
      throw error;
    } finally {
      this.#member.noteChild(undefined);
    }
  }

  async #write(batch: GroupBatch, output: RecordOutput, stop: AbortSignal): Promise<void> {
    const consumer = await this.#member.openBatch(batch, wholeBatch(this.#run.plan.consume));
    const printer = this.#run.openBatchPrinter();
    try {
      await consumeAll({
        consumer,
        printer,
        output,
        stop,
        onProgress: () => undefined,
        // It was said before the command began, or a prune is at work right now: the rest is delivered.
        onGap: () => true,
      });
      const { ambiguousCount } = printer;
      if (ambiguousCount > 0) this.#run.voice.warn(ambiguityText(ambiguousCount));
    } finally {
      consumer.close();
    }
  }

  #failure(batch: GroupBatch, end: ChildEnd): CoreError {
    const { group } = this.#run.plan.join;
    const { id, attempt } = batch;
    const ranges = formatRanges(batch.ranges);
    return new CoreError(
      'DELIVERY_UNCONFIRMED',
      `the command ${describeEnd(end)}: ${shortened(ranges)}, batch ${id}, attempt ${attempt}`,
      {
        details: { group, batch: id, attempt, ranges: batch.ranges, end },
        suggestion: `group ${group} stays where it is; the next run repeats this batch`,
      },
    );
  }
}

function isSuccess(end: ChildEnd): boolean {
  return end.kind === 'exited' && end.code === 0;
}

const SHOWN_CHARACTERS = 200;

function shortened(ranges: string): string {
  if (ranges.length <= SHOWN_CHARACTERS) return ranges;
  return `${ranges.slice(0, ranges.lastIndexOf(',', SHOWN_CHARACTERS))},…`;
}
