/** Reading as a group to the output. The group moves up to what the output has taken. */
import { isCoreError } from '../../core/errors.js';
import type { GroupMembership, ReadPosition, RecordConsumer } from '../../core/index.js';
import { ambiguityText } from '../../view/consume-view.js';
import { formatCounted } from '../../view/numbers.js';
import { consumeAll } from '../consume/consume-run.js';
import { writeReceipt } from '../group/receipt-file.js';
import { GapRefusal } from './gap-refusal.js';
import {
  type GroupRun,
  announce,
  asMember,
  confirming,
  tellAssignment,
  warnOfGap,
} from './group-run.js';

/** Kafka: auto.commit.interval.ms. */
const COMMIT_INTERVAL_MS = 5000;

/** Once, up to the end as it is now. Resolves with the number of records. */
export async function printBatch(run: GroupRun): Promise<number | undefined> {
  return asMember(run, async (member) => {
    const consumer = await member.openConsumer(run.plan.consume);
    try {
      const count = await printAll(run, consumer);
      if (count !== undefined) announce(run, await member.commit(consumer.positions));
      return count ?? 0;
    } finally {
      consumer.close();
    }
  });
}

/** Reads without taking part, for --peek and --receipt. */
export async function printReading(run: GroupRun): Promise<number> {
  const { plan, groups, targets } = run;
  const request = {
    ...plan.join,
    targets,
    warnOfGap: warnOfGap(run),
    keepsFirstPositions: plan.receipt !== undefined,
  };
  const reading = await groups.read(request, plan.consume);
  try {
    return await confirming(run, async () => {
      const count = await printAll(run, reading.consumer);
      if (count === undefined) return 0;
      if (plan.receipt !== undefined) {
        await writeReceipt(plan.receipt, reading.receipt(count), run.stop);
      }
      return count;
    });
  } finally {
    reading.consumer.close();
  }
}

/** undefined: some were gone, and the group is not to move. */
async function printAll(run: GroupRun, consumer: RecordConsumer): Promise<number | undefined> {
  const { stop, voice } = run;
  const output = await run.output.open();
  const printer = run.openPrinter();
  const refusal = new GapRefusal(run);
  const count = await consumeAll({
    consumer,
    printer,
    output,
    stop,
    onProgress: () => undefined,
    onGap: refusal.onGap,
  });
  await output.sync();
  if (printer.ambiguousCount > 0) voice.warn(ambiguityText(printer.ambiguousCount));
  voice.verbose(formatCounted(count, 'record'));
  return refusal.isMade ? undefined : count;
}

/** Until it is stopped. The group moves every five seconds, and at the end. */
export async function printFollowing(run: GroupRun): Promise<number | undefined> {
  return asMember(run, (member) => new FollowingPrinter(run, member).print());
}

class FollowingPrinter {
  readonly #run: GroupRun;
  readonly #member: GroupMembership;
  #count = 0;
  #committedAt = performance.now();
  /** Up to where the output has taken everything. */
  #accepted: readonly ReadPosition[] = [];

  constructor(run: GroupRun, member: GroupMembership) {
    this.#run = run;
    this.#member = member;
  }

  async print(): Promise<number> {
    const { plan, stop } = this.#run;
    for (let isStillIn = true; ; isStillIn = await this.#member.rebalance()) {
      tellAssignment(this.#run, this.#member, { isStillIn });
      const pause = this.#member.mustRebalance;
      const maxRecords = plan.consume.maxRecords - this.#count;
      const consumer = await this.#member.openConsumer({ ...plan.consume, maxRecords });
      this.#accepted = [];
      try {
        await this.#printUntil(consumer, pause);
        await this.#commit();
      } catch (error) {
        // A stop that was asked for: what was written by then counts.
        if (isCoreError(error, 'INTERRUPTED') && stop.aborted) await this.#commit();
        throw error;
      } finally {
        consumer.close();
      }
      if (!pause.aborted) return this.#count;
    }
  }

  async #printUntil(consumer: RecordConsumer, pause: AbortSignal): Promise<void> {
    const { stop } = this.#run;
    const output = await this.#run.output.open();
    const printer = this.#run.openPrinter();
    const before = this.#count;
    const refusal = new GapRefusal(this.#run);
    await consumeAll({
      consumer,
      printer,
      output,
      stop,
      pause,
      onProgress: (count) => {
        this.#count = before + count;
      },
      onGap: refusal.onGap,
      onWritten: async () => {
        if (refusal.isMade) return Infinity;
        await output.flush();
        this.#accepted = consumer.positions;
        const dueAt = this.#committedAt + COMMIT_INTERVAL_MS;
        if (performance.now() < dueAt) return dueAt;
        await this.#commit();
        return Infinity;
      },
    });
  }

  /** Positions of partitions that are another's by now are let go: it gives out those records again. */
  async #commit(): Promise<void> {
    this.#committedAt = performance.now();
    // A position must not outlive the file that its records were written to.
    await (await this.#run.output.open()).syncFile();
    try {
      await this.#member.commit(this.#accepted);
    } catch (error) {
      // Whoever holds the group's lock for so long is stopped: the next commit may do.
      if (!isCoreError(error, 'ILLEGAL_GENERATION') && !isCoreError(error, 'BUSY')) throw error;
      this.#run.voice.warn(error.message);
    }
  }
}
