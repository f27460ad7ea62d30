/** How each fixture in test/fixtures/kafka-<version> is made: steps for `ProducerSteps`, by name. */
import type { ProducerStep, TopicConfigs } from './kafka-clients.js';
import { largeRecord, noiseRecord, oddRecords, plainRecords, sendBatch } from './sample-records.js';

export interface FixtureRecipe {
  /** Also the topic's name. */
  readonly name: string;
  /** What the fixture is for, one line. */
  readonly purpose: string;
  readonly steps: readonly ProducerStep[];
  /** How the broker ended: `kill` leaves index files at their full, zero-padded size. */
  readonly ending: 'stop' | 'kill';
  /** Copied only after the cleaner has been there. */
  readonly isCompacted?: boolean;
}

const KEEP: TopicConfigs = { 'retention.ms': -1 };
/** Kafka's way around the 1 MiB floor of segment.bytes. */
const SMALL_SEGMENTS: TopicConfigs = {
  ...KEEP,
  'internal.segment.bytes': 2048,
  'index.interval.bytes': 256,
};

export function fixtureRecipes(): FixtureRecipe[] {
  const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'].map(codecRecipe);
  return [...codecs, segments(), killed(), logAppendTime(), compacted(), transactions()];
}

function topic(name: string, configs: TopicConfigs): ProducerStep {
  return { step: 'topic', topic: name, partitions: 1, configs };
}

function codecRecipe(codec: string): FixtureRecipe {
  const name = `codec-${codec}`;
  const isCompressed = codec !== 'none';
  return {
    name,
    purpose: `${codec}: odd records, values over one block of the codec, an idempotent producer`,
    ending: 'stop',
    steps: [
      topic(name, { ...KEEP, 'index.interval.bytes': 100 }),
      { step: 'producer', configs: { 'compression.type': codec, 'enable.idempotence': false } },
      ...sendBatch(name, oddRecords()),
      ...sendBatch(name, [
        largeRecord(isCompressed ? 150_000 : 3000),
        noiseRecord(isCompressed ? 5000 : 500),
      ]),
      { step: 'producer', configs: { 'compression.type': codec, 'enable.idempotence': true } },
      ...sendBatch(name, plainRecords(0, 20)),
      ...sendBatch(name, plainRecords(20, 21)),
    ],
  };
}

/** Batches of 1 to 9 records, codecs in turn. */
function mixedBatches(name: string, batchCount: number): ProducerStep[] {
  const steps: ProducerStep[] = [];
  let next = 0;
  for (const codec of ['none', 'lz4', 'zstd', 'snappy', 'gzip']) {
    steps.push({ step: 'producer', configs: { 'compression.type': codec } });
    for (let batch = 0; batch < batchCount / 5; batch++) {
      const end = next + 1 + ((batch * 5) % 9);
      steps.push(...sendBatch(name, plainRecords(next, end)));
      next = end;
    }
  }
  return steps;
}

function segments(): FixtureRecipe {
  return {
    name: 'segments',
    purpose: 'several segments with their indexes, closed cleanly; all codecs',
    ending: 'stop',
    steps: [topic('segments', SMALL_SEGMENTS), ...mixedBatches('segments', 75)],
  };
}

function killed(): FixtureRecipe {
  return {
    name: 'killed',
    purpose: 'as `segments`, but kill -9: the last indexes are zero-padded to segment.index.bytes',
    ending: 'kill',
    steps: [
      topic('killed', { ...SMALL_SEGMENTS, 'segment.index.bytes': 1200 }),
      ...mixedBatches('killed', 40),
    ],
  };
}

function logAppendTime(): FixtureRecipe {
  const name = 'log-append-time';
  return {
    name,
    purpose: 'the batch holds the broker’s time, the records their own; plain and compressed',
    ending: 'stop',
    steps: [
      topic(name, { ...KEEP, 'message.timestamp.type': 'LogAppendTime' }),
      ...['none', 'gzip'].flatMap((codec): ProducerStep[] => [
        { step: 'producer', configs: { 'compression.type': codec } },
        ...sendBatch(name, plainRecords(0, 5)),
      ]),
    ],
  };
}

function compacted(): FixtureRecipe {
  const name = 'compacted';
  const [first, second] = plainRecords(0, 2);
  const deletion = [first!, second!].map((record) => ({ ...record, value: null }));
  // From record 40 on every 7th and the one after it are left out: those two keys stay deleted.
  const lives = plainRecords(40, 120).filter((_, i) => ![0, 1].includes((40 + i) % 7));
  return {
    name,
    purpose: 'after the cleaner: gaps, tombstones with their delete horizon, an uncleaned tail',
    ending: 'stop',
    isCompacted: true,
    steps: [
      topic(name, {
        ...SMALL_SEGMENTS,
        'cleanup.policy': 'compact',
        'min.cleanable.dirty.ratio': 0.01,
      }),
      { step: 'producer', configs: { 'compression.type': 'none' } },
      ...[0, 10, 20, 30].flatMap((from) => sendBatch(name, plainRecords(from, from + 10))),
      ...sendBatch(name, deletion),
      ...[0, 10, 20, 30, 40, 50].flatMap((from) => sendBatch(name, lives.slice(from, from + 10))),
    ],
  };
}

/** Last, because it dies with a transaction open. */
function transactions(): FixtureRecipe {
  const name = 'transactions';
  const producer = (id: string): ProducerStep => ({
    step: 'producer',
    configs: { 'transactional.id': id },
  });
  const transaction = (from: number, end: 'commit' | 'abort'): ProducerStep[] => [
    { step: 'begin' },
    ...sendBatch(name, plainRecords(from, from + 4)),
    ...sendBatch(name, plainRecords(from + 4, from + 8)),
    { step: end },
  ];
  return {
    name,
    purpose:
      'committed, aborted and open transactions over several segments, plain records between',
    ending: 'stop',
    steps: [
      topic(name, { ...SMALL_SEGMENTS, 'internal.segment.bytes': 1500 }),
      producer('first'),
      ...transaction(0, 'commit'),
      ...transaction(8, 'abort'),
      { step: 'producer', configs: {} },
      ...sendBatch(name, plainRecords(16, 20)),
      producer('second'),
      ...transaction(20, 'abort'),
      ...transaction(28, 'commit'),
      { step: 'begin' },
      ...sendBatch(name, plainRecords(36, 40)),
      { step: 'halt' },
    ],
  };
}
