import { describe, expect, test } from '@jest/globals';
import { LOG_CONFIG_TABLE } from '../../../src/core/log/log-config-table.js';
import {
  canonicalOverrides,
  configRow,
  DEFAULT_LOG_CONFIG,
  ignoredReason,
  isIgnored,
  logConfigOf,
  parseConfigValue,
} from '../../../src/core/log/log-config.js';

describe('the config of a log', () => {
  test("has Kafka's defaults, typed", () => {
    expect(DEFAULT_LOG_CONFIG).toMatchObject({
      retentionMs: 604_800_000,
      retentionBytes: Infinity,
      segmentBytes: 1_073_741_824,
      segmentMs: 604_800_000,
      segmentJitterMs: 0,
      segmentIndexBytes: 10_485_760,
      indexIntervalBytes: 4096,
      maxMessageBytes: 1_048_588,
      cleanupPolicy: ['delete'],
      compressionType: 'producer',
      compressionGzipLevel: -1,
      compressionLz4Level: 9,
      messageTimestampType: 'CreateTime',
      messageTimestampBeforeMaxMs: Infinity,
      messageTimestampAfterMaxMs: 3_600_000,
      minInsyncReplicas: 1,
      internalSegmentBytes: null,
      uncleanLeaderElectionEnable: false,
    });
  });

  test('has a key for every config that matters and for no other', () => {
    const used = LOG_CONFIG_TABLE.filter((row) => !('ignored' in row));
    expect(Object.keys(DEFAULT_LOG_CONFIG)).toHaveLength(used.length);
    expect(DEFAULT_LOG_CONFIG).not.toHaveProperty('flushMs');
  });

  test('takes overrides as people and Kafka write them', () => {
    const config = logConfigOf({ 'retention.ms': '1h30m', 'segment.bytes': '2MiB' });
    expect(config.retentionMs).toBe(5_400_000);
    expect(config.segmentBytes).toBe(2_097_152);
    expect(config.maxMessageBytes).toBe(DEFAULT_LOG_CONFIG.maxMessageBytes);
  });

  test('lets internal.segment.bytes overrule segment.bytes', () => {
    expect(logConfigOf({ 'internal.segment.bytes': '1024' })).toMatchObject({
      segmentBytes: 1024,
      internalSegmentBytes: 1024,
    });
  });

  test('is refused when the two compaction lags contradict each other', () => {
    const overrides = { 'min.compaction.lag.ms': '2h', 'max.compaction.lag.ms': '1h' };
    expect(() => logConfigOf(overrides)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    );
    expect(() => canonicalOverrides(overrides)).toThrow(/min\.compaction\.lag\.ms/);
  });

  test('takes ignored configs without effect, and says why', () => {
    expect(logConfigOf({ 'flush.ms': '1000' })).toEqual(DEFAULT_LOG_CONFIG);
    expect(isIgnored('flush.ms')).toBe(true);
    expect(ignoredReason('flush.ms')).toMatch(/synced/);
    expect(isIgnored('retention.ms')).toBe(false);
  });

  test('checks the values of ignored configs too', () => {
    expect(() => logConfigOf({ 'flush.ms': 'never' })).toThrow(/flush\.ms/);
  });
});

describe('an unknown config', () => {
  test.each([
    ['retention.mss', 'Did you mean retention.ms?'],
    ['retention', 'Did you mean retention.ms?'],
    ['Retention.Bytes', 'Did you mean retention.bytes?'],
    ['message.downconversion.enable', "Names are those of Kafka's topic configs."],
    ['__proto__', "Names are those of Kafka's topic configs."],
  ])('%s is refused with a guess', (name, suggestion) => {
    expect(() => configRow(name)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG', suggestion }),
    );
    expect(() => logConfigOf(JSON.parse(`{"${name}":"1"}`) as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    );
  });
});

describe('a config that is not built', () => {
  test.each(['compact', 'compact,delete'])('cleanup.policy=%s is refused as such', (text) => {
    expect(() => parseConfigValue('cleanup.policy', text)).toThrow(
      expect.objectContaining({ code: 'POLICY_VIOLATION' }),
    );
  });
});

describe('canonical overrides', () => {
  test("are Kafka's texts, sorted by name", () => {
    const overrides = { 'segment.ms': '1d', 'retention.ms': 'forever' };
    expect(Object.entries(canonicalOverrides(overrides))).toEqual([
      ['retention.ms', '-1'],
      ['segment.ms', '86400000'],
    ]);
  });

  test('stay the same when made canonical again', () => {
    const once = canonicalOverrides({ 'retention.bytes': '10GB', preallocate: 'True' });
    expect(canonicalOverrides(once)).toEqual(once);
  });
});
