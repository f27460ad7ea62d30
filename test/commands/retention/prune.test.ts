import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import RetentionPrune from '../../../src/commands/retention/prune.js';
import { type Sandbox, appendValues, filesBelow, openSandbox } from '../../support/cli.js';
import { recordSession } from '../../support/recorded-session.js';

const OLD_MS = Date.UTC(2020, 0, 1);

/** A topic with a segment for each value, all kept so far. */
async function segmentsOf({ spool, dataDir }: Sandbox, topic: string, old: number, fresh: number) {
  const config = ['-c', 'internal.segment.bytes=100', '-c', 'retention.ms=-1'];
  await spool(['topic', 'create', topic, ...config]);
  const values = (count: number): string[] => Array.from({ length: count }, (_, at) => `v${at}`);
  await appendValues(dataDir, { topic, values: values(old), timestamp: OLD_MS });
  await appendValues(dataDir, { topic, values: values(fresh) });
}

function segmentFiles(dataDir: string, topic: string): string[] {
  return readdirSync(join(dataDir, 'brokers/0/log', `${topic}-0`)).filter((name) =>
    /\.(log|deleted)$/.test(name),
  );
}

describe('by time', () => {
  test('what is older than retention.ms goes, what is not stays, and cron hears nothing', async () => {
    const sandbox = openSandbox();
    const { spool, dataDir } = sandbox;
    await segmentsOf(sandbox, 'orders', 3, 2);
    const idle = await spool(['retention', 'prune', '-v']);
    expect(idle).toMatchObject({ code: 0, text: '' });
    expect(idle.stderr).toBe('nothing to do: the policies keep all there is\n');
    await spool(['topic', 'alter', 'orders', '-c', 'retention.ms=1d']);
    const before = filesBelow(dataDir);
    const [dry, dryJson] = await Promise.all([
      spool(['retention', 'prune', '--dry-run']),
      spool(['retention', 'prune', 'orders', '--dry-run', '--json']),
    ]);
    expect(String(dry.stdout)).toMatch(
      /^TOPIC .*\norders +0 +\d+ B +3 {2}older than retention\.ms\n$/,
    );
    expect(dry.stderr).toBe('');
    expect(filesBelow(dataDir)).toEqual(before);
    const planned = JSON.parse(String(dryJson.stdout));
    expect(planned).toMatchObject({ dryRun: true, records: 3 });

    const silent = await spool(['retention', 'prune']);
    expect(silent).toMatchObject({ code: 0, text: '', stderr: '' });
    expect(segmentFiles(dataDir, 'orders')).toEqual([
      '00000000000000000003.log',
      '00000000000000000004.log',
    ]);
    const again = await spool(['retention', 'prune', '--json']);
    expect(JSON.parse(String(again.stdout))).toMatchObject({
      dryRun: false,
      records: 0,
      freedBytes: 0,
      partitions: [
        { logStartOffset: 3, newLogStartOffset: 3, keptBytes: planned.partitions[0].keptBytes },
      ],
    });
  });

  test('when everything is expired one empty segment is left, and offsets go on', async () => {
    const sandbox = openSandbox();
    const { spool, dataDir } = sandbox;
    await segmentsOf(sandbox, 'orders', 3, 0);
    await spool(['topic', 'alter', 'orders', '-c', 'retention.ms=1h']);
    const { stderr } = await spool(['retention', 'prune', '-v']);
    expect(stderr).toMatch(
      /^orders:0: 3 records gone, \d+ B freed \(older than retention\.ms\)\n$/,
    );
    expect(segmentFiles(dataDir, 'orders')).toEqual(['00000000000000000003.log']);
    await appendValues(dataDir, { topic: 'orders', values: ['next'] });
    const { stdout } = await spool(['topic', 'describe', 'orders', '--json']);
    expect(JSON.parse(String(stdout))[0].partitions).toMatchObject([
      { logStartOffset: 3, logEndOffset: 4, records: 1, segments: 1 },
    ]);
  });
});

test('by size, never below the limit: what stays is at least retention.bytes', async () => {
  const sandbox = openSandbox();
  const { spool, dataDir } = sandbox;
  await segmentsOf(sandbox, 'orders', 0, 5);
  const { stdout } = await spool(['retention', 'status', '--json']);
  const segmentBytes = JSON.parse(String(stdout)).partitions[0].keptBytes / 5;
  await spool([
    'topic',
    'alter',
    'orders',
    '-c',
    `retention.bytes=${String(segmentBytes * 2 + 1)}`,
  ]);
  const pruned = await spool(['retention', 'prune', '--json']);
  expect(JSON.parse(String(pruned.stdout))).toEqual({
    dryRun: false,
    expiredOffsets: [],
    records: 2,
    freedBytes: segmentBytes * 2,
    partitions: [
      {
        topic: 'orders',
        partition: 0,
        records: 2,
        freedBytes: segmentBytes * 2,
        keptBytes: segmentBytes * 3,
        logStartOffset: 0,
        newLogStartOffset: 2,
        removals: [0, 1].map((baseOffset) => ({
          baseOffset,
          endOffset: baseOffset + 1,
          sizeBytes: segmentBytes,
          isActive: false,
          reason: 'size',
        })),
      },
    ],
  });
  expect(segmentFiles(dataDir, 'orders')).toHaveLength(3);
});

test('only the topics named, each failure told, the worst code wins', async () => {
  const sandbox = openSandbox();
  const { spool, dataDir } = sandbox;
  await segmentsOf(sandbox, 'orders', 2, 1);
  await segmentsOf(sandbox, 'payments', 2, 1);
  for (const topic of ['orders', 'payments']) {
    await spool(['topic', 'alter', topic, '-c', 'retention.ms=1d']);
  }
  const some = await spool(['retention', 'prune', 'nope', 'orders']);
  expect(some).toMatchObject({ code: 3, text: '' });
  expect(some.stderr).toMatch(/^error: there is no topic nope\n/);
  expect(segmentFiles(dataDir, 'orders')).toHaveLength(1);
  expect(segmentFiles(dataDir, 'payments')).toHaveLength(3);
  const nope = await spool(['retention', 'prune', 'nope', '--json']);
  expect(nope).toMatchObject({ code: 3, text: '' });
  const recorded = await recordSession({
    messagesAreTerminal: true,
    now: Date.now,
    variables: { SPOOL_DIR: dataDir },
  });
  await RetentionPrune.run([], recorded.config);
  expect(recorded.messages()).toMatch(/^payments:0: 2 records gone, .*\n$/);
  expect(await recorded.shown()).toBe('');
});
