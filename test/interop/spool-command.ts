/** Spool as its users run it: `bin/run.js` in a process of its own, on a data directory. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './java.js';
import { parseLines } from './kafka-tools.js';
import type { JsonBytes, JsonRecord } from './kafka-tools.js';
import type { SampleRecord } from './sample-records.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const RUN = join(ROOT, 'bin', 'run.js');

/** Why Spool cannot be run here, if it cannot: it was not built. */
export const spoolMissing = existsSync(join(ROOT, 'dist', 'commands', 'produce.js'))
  ? undefined
  : 'SKIPPED: spool is not built here (npm run build)';

/** Runs one command; rejects unless it exits 0 with nothing on stderr. Returns stdout. */
export async function spool(
  dataDir: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<string> {
  const { stdout, stderr, code } = await run(process.execPath, [RUN, ...args], input, {
    SPOOL_DIR: dataDir,
    // Jest's own flag for ES modules makes every Node below it print a warning.
    NODE_OPTIONS: '',
  });
  if (code !== 0 || stderr !== '') {
    throw new Error(`spool ${args.join(' ')} exited with ${String(code)}:\n${stderr}`);
  }
  return stdout;
}

export function createSpoolTopic(
  dataDir: string,
  topic: string,
  configs: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  // The samples are old on purpose: without this, retention would remove them as segments roll.
  const pairs = Object.entries({ 'retention.ms': -1, ...configs });
  const flags = pairs.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return spool(dataDir, ['topic', 'create', topic, ...flags]);
}

export function partitionFolder(dataDir: string, topic: string): string {
  return join(dataDir, 'brokers', '0', 'log', `${topic}-0`);
}

/** Produces the records, from JSON envelopes, by one command. */
export function spoolProduce(
  dataDir: string,
  topic: string,
  records: readonly SampleRecord[],
  codec: string,
): Promise<string> {
  const envelopes = records.map((record) =>
    JSON.stringify({
      timestamp: record.timestamp,
      ...envelopeMember('key', record.key),
      ...envelopeMember('value', record.value),
      headers: record.headers.map(([name, value]) => [
        name,
        value === null ? null : { b64: Buffer.from(value).toString('base64') },
      ]),
    }),
  );
  const input = envelopes.map((envelope) => `${envelope}\n`).join('');
  return spool(dataDir, ['produce', topic, '-F', 'json', '--compression', codec], input);
}

/** What `consume -F json` says, start to end, in the terms of Kafka's consumer. */
export async function spoolConsume(
  dataDir: string,
  topic: string,
  { from = 'start' }: { readonly from?: string } = {},
): Promise<JsonRecord[]> {
  const flags = ['--from', from, '-F', 'json'];
  return parseLines<Envelope>(await spool(dataDir, ['consume', topic, ...flags])).map(
    (envelope): JsonRecord => ({
      offset: envelope.offset,
      timestamp: envelope.timestamp,
      key: digest(envelopeBytes(envelope.key, envelope.key_b64)),
      value: digest(envelopeBytes(envelope.value, envelope.value_b64)),
      headers: envelope.headers.map(([name, value]) => [name, digest(headerBytes(value))] as const),
    }),
  );
}

/** Samples as they must come back, numbered from `baseOffset`. */
export function expectedRecords(samples: readonly SampleRecord[], baseOffset = 0): JsonRecord[] {
  return samples.map((sample, i) => ({
    offset: baseOffset + i,
    timestamp: sample.timestamp,
    key: digest(sample.key),
    value: digest(sample.value),
    headers: sample.headers.map(([name, value]) => [name, digest(value)] as const),
  }));
}

type HeaderValue = string | null | { readonly b64: string };

interface Envelope {
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: string | null;
  readonly key_b64?: string;
  readonly value?: string | null;
  readonly value_b64?: string;
  readonly headers: readonly (readonly [string, HeaderValue])[];
}

function envelopeMember(name: 'key' | 'value', bytes: Uint8Array | null): Record<string, unknown> {
  if (bytes === null) return { [name]: null };
  return { [`${name}_b64`]: Buffer.from(bytes).toString('base64') };
}

function envelopeBytes(text: string | null | undefined, base64: string | undefined) {
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return text === null || text === undefined ? null : Buffer.from(text, 'utf8');
}

function headerBytes(value: HeaderValue): Uint8Array | null {
  if (value === null) return null;
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value.b64, 'base64');
}

/** As scripts/kafka/RecordJson.java does it. */
function digest(bytes: Uint8Array | null): JsonBytes {
  if (bytes === null) return null;
  if (bytes.length <= 64) return Buffer.from(bytes).toString('base64');
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
