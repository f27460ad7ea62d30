/** From the flags of `produce` to what is to be done, before anything is opened. */
import type {
  CompressionType,
  ProduceRequest,
  RecordHeader,
  RecordProducer,
} from '../../core/index.js';
import { invalidArgument, quoted } from '../grammar/invalid-argument.js';
import { parsePosition } from '../grammar/position.js';
import type { Rate } from '../grammar/rate.js';
import { type InputFormat, openRecordFramer } from '../input/record-framer.js';
import { STOP_AT_BAD_INPUT } from '../input/record-input.js';
import { openOutputFile } from '../stdout.js';
import type { Acknowledgements } from './acknowledgements.js';
import { BadInputFile } from './bad-input-file.js';
import { PacedSink } from './pace.js';
import type { ProduceRun } from './produce-run.js';
import { type RecordSource, fileSource, messageSource } from './record-source.js';
import { type RecordStamp, stampingSink } from './record-stamp.js';

export interface ProduceFlags {
  readonly message?: string[] | undefined;
  readonly format?: InputFormat | undefined;
  readonly delimiter?: Buffer | undefined;
  readonly null: boolean;
  readonly whole: boolean;
  readonly 'key-separator'?: Buffer | undefined;
  readonly 'key-field'?: string | undefined;
  readonly 'skip-bad'?: string | undefined;
  readonly key?: string | undefined;
  readonly header?: RecordHeader[] | undefined;
  readonly timestamp?: string | undefined;
  readonly tombstone: boolean;
  readonly partition?: number | undefined;
  readonly compression?: CompressionType | undefined;
  readonly sync: 'batch' | 'never';
  readonly linger?: number | undefined;
  readonly rate?: Rate | undefined;
}

export interface Around {
  readonly stop: AbortSignal;
  readonly now: () => number;
  readonly warn: (text: string) => void;
}

export interface ProducePlan {
  readonly request: Omit<ProduceRequest, 'onAcknowledged'>;
  runWith(
    producer: RecordProducer,
    acknowledgements: Acknowledgements,
    around: Around,
  ): Promise<ProduceRun>;
}

const DEFAULT_LINGER_MS = 20;
/** What a tombstone looks like to the one format that has a word for it. */
const TOMBSTONE = Buffer.from('{"value":null}');

/** INVALID_ARGUMENT for flags that do not go together. */
export function planProduce(
  flags: ProduceFlags,
  files: readonly string[],
  nowMs: number,
): ProducePlan {
  const { format, sources } = planInput(flags, files);
  const stamp: RecordStamp = {
    key: flags.key === undefined ? undefined : Buffer.from(flags.key),
    headers: flags.header ?? [],
    timestamp: flags.timestamp === undefined ? undefined : timeOf(flags.timestamp, nowMs),
  };
  const request = {
    compression: flags.compression ?? 'none',
    sync: flags.sync,
    partition: flags.partition,
  };
  const runWith: ProducePlan['runWith'] = async (producer, acknowledgements, around) => {
    const badInput = await openBadInput(flags['skip-bad'], around);
    const stamped = stampingSink(producer, stamp);
    const pace = flags.rate === undefined ? undefined : new PacedSink(stamped, flags.rate);
    return {
      producer,
      sources,
      openFramer: ({ name }) =>
        openRecordFramer(
          {
            format,
            delimiter: flags.null ? Buffer.of(0) : (flags.delimiter ?? Buffer.from('\n')),
            keySeparator: flags['key-separator'] ?? Buffer.from('\t'),
            keyField: flags['key-field'],
            maxRecordBytes: producer.maxRecordBytes,
            badInput: badInput ?? STOP_AT_BAD_INPUT,
            sourceName: name,
          },
          pace ?? stamped,
        ),
      lingerMs: flags.linger ?? DEFAULT_LINGER_MS,
      badInput,
      pace,
      now: around.now,
      stop: around.stop,
      acknowledgedCount: () => acknowledgements.recordCount,
      onProgress: () => acknowledgements.report(),
    };
  };
  return { request, runWith };
}

function planInput(
  flags: ProduceFlags,
  files: readonly string[],
): { readonly format: InputFormat | 'whole'; readonly sources: readonly RecordSource[] } {
  checkKeySource(flags);
  const messages = flags.tombstone ? [TOMBSTONE] : (flags.message ?? []).map((m) => Buffer.from(m));
  if (messages.length === 0) {
    const format = flags.whole ? 'whole' : (flags.format ?? 'lines');
    return { format, sources: (files.length === 0 ? ['-'] : files).map(fileSource) };
  }
  if (files.length > 0) {
    const flag = flags.tombstone ? '--tombstone' : '-m';
    throw invalidArgument(`${flag} and FILE ${quoted(files[0] ?? '')} exclude each other`);
  }
  const format = flags.tombstone ? 'json' : (flags.format ?? 'whole');
  return { format, sources: messages.map(messageSource) };
}

/** A key is said once: by the input, or for all records. */
function checkKeySource({ key, format, tombstone, 'key-field': keyField }: ProduceFlags): void {
  if (tombstone && key === undefined) {
    throw invalidArgument('--tombstone needs a key', 'say which key is gone: -k KEY');
  }
  if (key === undefined) return;
  const other = keyField !== undefined ? '--key-field' : '-F kv';
  if (keyField === undefined && format !== 'kv') return;
  throw invalidArgument(`-k and ${other} exclude each other: both say what the key is`);
}

function timeOf(text: string, nowMs: number): number {
  const position = parsePosition(text, { now: nowMs });
  if (position.kind === 'time') return position.timestampMs;
  throw invalidArgument(
    `--timestamp: ${quoted(text)} is not a moment`,
    'write it like 2026-11-22T09:30, -1h or @1700000000',
  );
}

async function openBadInput(
  path: string | undefined,
  { stop, warn }: Around,
): Promise<BadInputFile | undefined> {
  if (path === undefined) return undefined;
  // What an earlier run put aside is still to be mended.
  const options = { stop, onReaderGone: () => undefined, append: true };
  const output = await openOutputFile(path, options);
  return new BadInputFile(output, (error) => {
    warn(`put aside: ${error.message}`);
  });
}
