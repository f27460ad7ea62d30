import { describe, expect, test } from '@jest/globals';
import { LOG_CONFIG_TABLE } from '../../../src/core/log/log-config-table.js';
import type { LogConfigRow } from '../../../src/core/log/log-config-table.js';
import { parseRowValue } from '../../../src/core/log/log-config-value.js';

/** Names and defaults of `LogConfig.configKeys()` in Apache Kafka 4.3.1. */
const KAFKA_DEFAULTS: Readonly<Record<string, string | null>> = {
  'cleanup.policy': 'delete',
  'compression.gzip.level': '-1',
  'compression.lz4.level': '9',
  'compression.type': 'producer',
  'compression.zstd.level': '3',
  'delete.retention.ms': '86400000',
  'file.delete.delay.ms': '60000',
  'flush.messages': '9223372036854775807',
  'flush.ms': '9223372036854775807',
  'follower.replication.throttled.replicas': '',
  'index.interval.bytes': '4096',
  'internal.segment.bytes': null,
  'leader.replication.throttled.replicas': '',
  'local.retention.bytes': '-2',
  'local.retention.ms': '-2',
  'max.compaction.lag.ms': '9223372036854775807',
  'max.message.bytes': '1048588',
  'message.timestamp.after.max.ms': '3600000',
  'message.timestamp.before.max.ms': '9223372036854775807',
  'message.timestamp.type': 'CreateTime',
  'min.cleanable.dirty.ratio': '0.5',
  'min.compaction.lag.ms': '0',
  'min.insync.replicas': '1',
  // A broker's, and 7 days there.
  'offsets.retention.minutes': '9223372036854775807',
  preallocate: 'false',
  'remote.log.copy.disable': 'false',
  'remote.log.delete.on.disable': 'false',
  'remote.storage.enable': 'false',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
  'segment.bytes': '1073741824',
  'segment.index.bytes': '10485760',
  'segment.jitter.ms': '0',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
};
const rows: readonly LogConfigRow[] = LOG_CONFIG_TABLE;

describe('the table of configs', () => {
  test("holds exactly Kafka's names and defaults, in order", () => {
    expect(rows.map((row) => [row.name, row.default])).toEqual(Object.entries(KAFKA_DEFAULTS));
  });

  test.each(rows.filter((row) => row.default !== null).map((row) => [row.name, row] as const))(
    'the default of %s fits its own rule and is canonical',
    (_, row) => {
      expect(parseRowValue(row, row.default ?? '').text).toBe(row.default);
    },
  );

  test.each(rows.map((row) => [row.name, row] as const))('%s has one line of help', (_, row) => {
    expect(row.help).toMatch(/^[A-Z].{10,90}\.$/);
  });
});
