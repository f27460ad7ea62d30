/** Kafka's tools that need no broker: its dump tool and its batch reader. They are the oracles. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runJava, runJavaCleanly } from './java.js';
import type { Finished } from './java.js';

/** Bytes as `scripts/kafka/RecordJson.java` writes them. */
export type JsonBytes = string | null | { readonly size: number; readonly sha256: string };

export interface JsonRecord {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: JsonBytes;
  readonly value: JsonBytes;
  readonly headers: readonly (readonly [string, JsonBytes])[];
}

export interface JsonBatch {
  readonly file: string;
  readonly position: number;
  readonly sizeBytes: number;
  readonly valid: boolean;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly codec: string;
  readonly timestampType: string;
  readonly maxTimestamp: number;
  readonly partitionLeaderEpoch: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly deleteHorizonMs?: number;
  readonly records: readonly JsonRecord[];
}

export interface Dump extends Finished {
  /** Batches and index entries that were printed: a clean dump of nothing proves nothing. */
  readonly batchCount: number;
  readonly recordCount: number;
  readonly indexEntryCount: number;
  /** Every line that says something is wrong; empty when the files are sound. */
  readonly findings: readonly string[];
}

export interface DumpOptions {
  /** Offsets may be missing inside of a file, as compaction leaves them. */
  readonly allowGaps?: boolean;
}

/**
 * Runs `kafka-dump-log --deep-iteration` once over all files. Its exit code is 0 even for damage,
 * so the findings are read from its words.
 */
export async function dumpFiles(
  files: readonly string[],
  options: DumpOptions = {},
): Promise<Dump> {
  const finished = await runJava('org.apache.kafka.tools.DumpLogSegments', [
    '--deep-iteration',
    '--files',
    files.join(','),
  ]);
  const lines = finished.stdout.split('\n');
  const count = (start: RegExp) => lines.filter((line) => start.test(line)).length;
  return {
    ...finished,
    batchCount: count(/^baseOffset: /),
    recordCount: count(/^\| offset: /),
    indexEntryCount: count(/^(offset|timestamp): /),
    findings: [
      ...(finished.code === 0 ? [] : [`exit code ${String(finished.code)}`]),
      ...files
        .filter((file) => !lines.includes(`Dumping ${file}`))
        .map((file) => `not dumped: ${file}`),
      ...lines.filter((line) => /isvalid: false|invalid bytes|mismatch|corrupt/i.test(line)),
      ...stderrFindings(finished.stderr, options),
    ],
  };
}

/** Throws unless Kafka's dump tool finds nothing wrong in any of the files. */
export async function expectCleanDump(
  files: readonly string[],
  options: DumpOptions = {},
): Promise<Dump> {
  if (files.length === 0) throw new Error('no files to dump');
  const dump = await dumpFiles(files, options);
  if (dump.findings.length > 0) {
    throw new Error(`Kafka's dump tool finds fault:\n${dump.findings.slice(0, 20).join('\n')}`);
  }
  return dump;
}

/** Every batch as Kafka's FileRecords decodes it. Throws on bytes behind the last whole batch. */
export async function readBatches(logFiles: readonly string[]): Promise<JsonBatch[]> {
  const lines = parseLines<JsonBatch | { file: string; invalidBytes: number }>(
    await runJavaCleanly('ReadBatches', logFiles),
  );
  return lines.map((line) => {
    if ('invalidBytes' in line) throw new Error(`${line.invalidBytes} stray bytes in ${line.file}`);
    return line;
  });
}

/** The files in a partition folder that the dump tool knows, in name order. */
export function segmentFiles(
  folder: string,
  suffix = /\.(log|index|timeindex|txnindex|snapshot)$/,
) {
  return readdirSync(folder)
    .filter((name) => suffix.test(name))
    .sort()
    .map((name) => join(folder, name));
}

export function parseLines<Line>(ndjson: string): Line[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/**
 * Every word on stderr is a finding, but for offset gaps where they are allowed. Before a file's first
 * batch the tool takes the last offset for -1, so each segment but the first "has a gap" there.
 */
function stderrFindings(stderr: string, options: DumpOptions): string[] {
  return stderr.split('\n').filter((line) => {
    if (line === '' || line.startsWith('Non-consecutive offsets in')) return false;
    const gap = /^ +(-?\d+) is followed by \d+$/.exec(line);
    return gap === null || (gap[1] !== '-1' && options.allowGaps !== true);
  });
}
