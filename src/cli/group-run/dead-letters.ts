/**
 * The records of a batch that keeps failing, put into another topic with word of where they come from.
 * They are on disk there before the group moves over them; if the run dies in between, they are put
 * there once more.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert } from '../../core/assert.js';
import type { GroupBatch, GroupMembership, RecordHeader } from '../../core/index.js';
import { type ChildEnd, describeEnd } from '../exec/child-end.js';
import type { GroupRun } from './group-run.js';
import { wholeBatch } from './group-run-plan.js';

const RECORDS_PER_TURN = 4096;

export interface PutAsideRequest {
  readonly batch: GroupBatch;
  readonly topic: string;
  readonly member: GroupMembership;
  readonly end: ChildEnd;
}

/** Keys, values, headers and timestamps stay; `spool.dead-letter.*` headers are added. */
export async function putAside(
  { cluster, plan, stop }: GroupRun,
  { batch, topic, member, end }: PutAsideRequest,
): Promise<void> {
  const producer = await cluster.openProducer(topic, {
    compression: 'none',
    sync: 'batch',
    partition: undefined,
    onAcknowledged: () => undefined,
  });
  const consumer = await member.openBatch(batch, wholeBatch(plan.consume));
  const reasons = {
    group: plan.join.group,
    batch: batch.id,
    attempts: String(batch.attempt),
    error: `the command ${describeEnd(end)}`,
  };
  try {
    for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
      const place = {
        topic: record.topic,
        partition: String(record.partition),
        offset: String(record.offset),
      };
      producer.add({
        key: record.key,
        value: record.value,
        timestamp: record.timestamp,
        partition: undefined,
        headers: [...record.headers, ...headersOf({ ...place, ...reasons })],
      });
      await producer.flush({ all: false });
      if (producer.addedCount % RECORDS_PER_TURN === 0) {
        await nextTurn();
        stop.throwIfAborted();
      }
    }
    await producer.flush({ all: true });
    await producer.settle();
    assert(!producer.isUnsettled, 'all was acknowledged');
  } finally {
    consumer.close();
    await producer.close();
  }
}

function headersOf(facts: Readonly<Record<string, string>>): RecordHeader[] {
  return Object.entries(facts).map(([name, value]) => ({
    key: Buffer.from(`spool.dead-letter.${name}`),
    value: Buffer.from(value),
  }));
}
