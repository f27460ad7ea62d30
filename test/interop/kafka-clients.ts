/** Kafka's own clients against a running node: its console tools, and the exact ones of scripts/kafka. */
import { runJava, runJavaCleanly } from './java.js';
import { parseLines } from './kafka-tools.js';
import type { JsonRecord } from './kafka-tools.js';

export type TopicConfigs = Readonly<Record<string, string | number>>;
export type Isolation = 'read_committed' | 'read_uncommitted';

/** One line of a script for `scripts/kafka/ProducerSteps.java`, where each step is explained. */
export type ProducerStep =
  | { step: 'topic'; topic: string; partitions: number; configs: TopicConfigs }
  | { step: 'producer'; configs: Readonly<Record<string, string | number | boolean>> }
  | {
      step: 'send';
      topic: string;
      partition: number;
      timestamp: number;
      /** Base64; so are values. */
      key: string | null;
      value: string | null;
      headers: readonly (readonly [string, string | null])[];
    }
  | { step: 'flush' | 'begin' | 'commit' | 'abort' | 'halt' };

export interface ConsumedRecord extends JsonRecord {
  readonly topic: string;
  readonly partition: number;
}

export async function createTopic(
  bootstrapServer: string,
  topic: string,
  configs: TopicConfigs = {},
): Promise<void> {
  const pairs = Object.entries(configs).flatMap(([name, value]) => [
    '--config',
    `${name}=${value}`,
  ]);
  await runJavaCleanly('org.apache.kafka.tools.TopicCommand', [
    ...['--bootstrap-server', bootstrapServer, '--create', '--topic', topic],
    ...['--partitions', '1', '--replication-factor', '1', ...pairs],
  ]);
}

/** One line is one record, and all lines are one batch. */
export async function consoleProduce(
  bootstrapServer: string,
  topic: string,
  lines: readonly string[],
  codec = 'none',
): Promise<void> {
  await runJavaCleanly(
    'org.apache.kafka.tools.ConsoleProducer',
    [
      ...['--bootstrap-server', bootstrapServer, '--topic', topic],
      // The tool sets the codec itself: a compression.type property is overruled.
      ...['--compression-codec', codec, '--timeout', '60000'],
    ],
    lines.map((line) => `${line}\n`).join(''),
  );
}

/** The values of the first `count` records. (The tool's total goes to stderr, which is not looked at.) */
export async function consoleConsume(
  bootstrapServer: string,
  topic: string,
  count: number,
): Promise<string[]> {
  const { stdout, stderr, code } = await runJava(
    'org.apache.kafka.tools.consumer.ConsoleConsumer',
    [
      ...['--bootstrap-server', bootstrapServer, '--topic', topic, '--from-beginning'],
      ...['--max-messages', String(count), '--timeout-ms', '30000'],
    ],
  );
  if (code !== 0) throw new Error(`the console consumer failed:\n${stderr}`);
  return stdout.split('\n').slice(0, -1);
}

export async function runProducerSteps(
  bootstrapServer: string,
  steps: readonly ProducerStep[],
): Promise<void> {
  const script = steps.map((step) => `${JSON.stringify(step)}\n`).join('');
  await runJavaCleanly('ProducerSteps', [bootstrapServer], script);
}

/** What Kafka's consumer is given from each `topic:partition`, start to end. */
export async function consumeExactly(
  bootstrapServer: string,
  isolation: Isolation,
  partitions: readonly string[],
): Promise<ConsumedRecord[]> {
  return parseLines(
    await runJavaCleanly('PrintRecords', [bootstrapServer, isolation, ...partitions]),
  );
}

/** The record without the place it came from. */
export function recordOf(consumed: ConsumedRecord): JsonRecord {
  const { offset, timestamp, key, value, headers } = consumed;
  return { offset, timestamp, key, value, headers };
}
