import { describe, expect, test } from '@jest/globals';
import {
  describeExpected,
  parseDurationMs,
  parseRowValue,
  parseSizeBytes,
} from '../../../src/core/log/log-config-value.js';
import { configRow } from '../../../src/core/log/log-config.js';

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['1h30m', 5_400_000],
    ['0s', 0],
    ['10', undefined],
    ['-1h', undefined],
    ['1.5h', undefined],
    ['1h 30m', undefined],
    ['h', undefined],
    ['9999999999999999w', undefined],
  ])('%s is %s', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });
});

describe('a size', () => {
  test.each([
    ['512B', 512],
    ['64KB', 64_000],
    ['64KiB', 65_536],
    ['64kib', 65_536],
    ['1MiB', 1_048_576],
    ['10GB', 10_000_000_000],
    ['2TiB', 2_199_023_255_552],
    ['1PB', 1e15],
    ['10', undefined],
    ['10G', undefined],
    ['10iB', undefined],
    ['1.5GB', undefined],
    ['-1KB', undefined],
    ['9000000PiB', undefined],
  ])('%s is %s', (text, expected) => {
    expect(parseSizeBytes(text)).toBe(expected);
  });
});

describe('a value', () => {
  test.each([
    ['retention.ms', '604800000', '604800000', 604_800_000],
    ['retention.ms', ' 7d ', '604800000', 604_800_000],
    ['retention.ms', '-1', '-1', Infinity],
    ['retention.ms', 'forever', '-1', Infinity],
    ['retention.bytes', '10GB', '10000000000', 1e10],
    ['retention.bytes', 'unlimited', '-1', Infinity],
    ['retention.bytes', '-5', '-5', Infinity],
    ['segment.ms', 'forever', '9223372036854775807', Infinity],
    ['segment.ms', '9007199254740991', '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['segment.ms', '9007199254740993', '9007199254740993', Infinity],
    ['segment.bytes', '1MiB', '1048576', 1_048_576],
    ['segment.bytes', '+01048576', '1048576', 1_048_576],
    ['compression.gzip.level', '-1', '-1', -1],
    ['compression.zstd.level', '-131072', '-131072', -131_072],
    ['local.retention.ms', '-2', '-2', -2],
    ['min.cleanable.dirty.ratio', '.5', '0.5', 0.5],
    ['min.cleanable.dirty.ratio', '1', '1', 1],
    ['preallocate', 'TRUE', 'true', true],
    ['compression.type', 'zstd', 'zstd', 'zstd'],
    ['cleanup.policy', 'delete', 'delete', ['delete']],
    ['cleanup.policy', 'compact , delete', 'compact,delete', ['compact', 'delete']],
    ['cleanup.policy', '', '', []],
    ['leader.replication.throttled.replicas', '0:1, 1:2', '0:1,1:2', ['0:1', '1:2']],
  ])('%s=%s is stored as %s', (name, text, canonical, value) => {
    expect(parseRowValue(configRow(name), text)).toEqual({ text: canonical, value });
  });

  test.each([
    ['retention.ms', 'soon'],
    ['retention.ms', ''],
    ['retention.ms', '-2'],
    ['retention.ms', '10GB'],
    ['retention.ms', '9223372036854775808'],
    ['retention.bytes', '7d'],
    ['segment.bytes', '1048575'],
    ['segment.bytes', '2147483648'],
    ['segment.bytes', 'unlimited'],
    ['segment.ms', '0'],
    ['internal.segment.bytes', '0'],
    ['compression.gzip.level', '0'],
    ['compression.gzip.level', '10'],
    ['compression.lz4.level', '18'],
    ['compression.zstd.level', '23'],
    ['compression.zstd.level', '3KB'],
    ['compression.type', 'none'],
    ['compression.type', 'ZSTD'],
    ['message.timestamp.type', 'createtime'],
    ['min.cleanable.dirty.ratio', '1.01'],
    ['min.cleanable.dirty.ratio', 'NaN'],
    ['min.cleanable.dirty.ratio', '0x1'],
    ['preallocate', 'yes'],
    ['cleanup.policy', 'delete,delete'],
    ['cleanup.policy', 'delete,'],
    ['cleanup.policy', 'remove'],
    ['leader.replication.throttled.replicas', ','],
    ['min.insync.replicas', '0'],
    ['max.message.bytes', '-1'],
    ['max.message.bytes', '1e3'],
  ])('%s=%s is refused', (name, text) => {
    expect(() => parseRowValue(configRow(name), text)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONFIG' }),
    );
  });

  test('that is refused says what would do', () => {
    expect(describeExpected(configRow('segment.bytes'))).toBe(
      'bytes (4096, 64KiB, 10GB), 1048576 to 2147483647',
    );
    expect(describeExpected(configRow('retention.ms'))).toBe(
      'milliseconds or a time (500ms, 1h30m, 7d, forever), at least -1',
    );
    expect(describeExpected(configRow('compression.gzip.level'))).toBe('a number, 1 to 9, or -1');
  });
});
