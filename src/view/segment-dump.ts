/**
 * The entries of a segment file as text, in the very words of Kafka's dump tool, so that the two can be
 * compared with `diff`. Only on a terminal bytes are escaped, which must not be driven by data.
 */
import { isUtf8 } from 'node:buffer';
import type {
  DumpEntry,
  DumpedBatch,
  DumpedControl,
  DumpedProducer,
  DumpedRecord,
} from '../core/index.js';
import { visibleText } from './records/visible-text.js';

export interface DumpTextOptions {
  /** Keys and values too. */
  readonly printData: boolean;
  readonly isTerminal: boolean;
}

type ShowBytes = (bytes: Uint8Array) => string;

/** One line, or nothing: findings are told elsewhere. */
export function dumpText(entry: DumpEntry, options: DumpTextOptions): string {
  const show = options.isTerminal ? visibleText : decodedText;
  const line = lineOf(entry, options.printData, show);
  return line === undefined ? '' : `${line}\n`;
}

function lineOf(entry: DumpEntry, printData: boolean, show: ShowBytes): string | undefined {
  const path = (text: string): string => show(Buffer.from(text));
  switch (entry.kind) {
    case 'file':
      return `Dumping ${path(entry.file)}`;
    case 'log-start':
      return `Log starting offset: ${entry.offset}`;
    case 'batch':
      return batchLine(entry);
    case 'record':
      return recordLine(entry, printData, show);
    case 'incomplete':
      return `Found ${entry.sizeBytes} invalid bytes at the end of ${path(entry.fileName)}`;
    case 'empty':
      return `${path(entry.file)} is empty.`;
    case 'offset-entry':
      return `offset: ${entry.offset} position: ${entry.position}`;
    case 'time-entry':
      return `timestamp: ${entry.timestamp} offset: ${entry.offset}`;
    case 'aborted-txn':
      return (
        `version: ${entry.version} producerId: ${entry.producerId} firstOffset: ${entry.firstOffset}` +
        ` lastOffset: ${entry.lastOffset} lastStableOffset: ${entry.lastStableOffset}`
      );
    case 'producer':
      return producerLine(entry);
    case 'batch-end':
    case 'damage':
    case 'note':
      return undefined;
  }
}

function batchLine(batch: DumpedBatch): string {
  const { deleteHorizonMs } = batch;
  const horizon =
    deleteHorizonMs === undefined ? 'OptionalLong.empty' : `OptionalLong[${deleteHorizonMs}]`;
  return (
    `baseOffset: ${batch.baseOffset} lastOffset: ${batch.lastOffset} count: ${batch.count}` +
    ` baseSequence: ${batch.baseSequence} lastSequence: ${batch.lastSequence}` +
    ` producerId: ${batch.producerId} producerEpoch: ${batch.producerEpoch}` +
    ` partitionLeaderEpoch: ${batch.partitionLeaderEpoch}` +
    ` isTransactional: ${batch.isTransactional} isControl: ${batch.isControl}` +
    ` deleteHorizonMs: ${horizon} position: ${batch.position}` +
    ` ${batch.timestampType}: ${batch.maxTimestamp} size: ${batch.sizeBytes} magic: ${batch.magic}` +
    ` compresscodec: ${batch.compression ?? 'unknown'} crc: ${batch.crc} isvalid: ${batch.isValid}`
  );
}

function recordLine(record: DumpedRecord, printData: boolean, show: ShowBytes): string {
  const { key, value, control } = record;
  const headerKeys = record.headers.map((header) => show(header.key)).join(',');
  const line =
    `| offset: ${record.offset} ${record.timestampType}: ${record.timestamp}` +
    ` keySize: ${record.keySize} valueSize: ${record.valueSize}` +
    ` sequence: ${record.sequence} headerKeys: [${headerKeys}]`;
  if (control !== undefined) return line + controlText(control);
  if (!printData) return line;
  const keyText = key === null ? '' : ` key: ${show(key)}`;
  return line + keyText + (value === null ? '' : ` payload: ${show(value)}`);
}

function controlText({ type, typeId, coordinatorEpoch }: DumpedControl): string {
  const name = type.toUpperCase().replaceAll('-', '_');
  if (coordinatorEpoch === undefined) return ` controlType: ${name}(${typeId})`;
  return ` endTxnMarker: ${name} coordinatorEpoch: ${coordinatorEpoch}`;
}

function producerLine(producer: DumpedProducer): string {
  const { currentTxnFirstOffset: txn, lastOffset } = producer;
  const line =
    `producerId: ${producer.producerId} producerEpoch: ${producer.producerEpoch}` +
    ` coordinatorEpoch: ${producer.coordinatorEpoch}` +
    ` currentTxnFirstOffset: ${txn < 0 ? 'OptionalLong.empty' : `OptionalLong[${txn}]`}` +
    ` lastTimestamp: ${producer.timestamp}`;
  if (lastOffset < 0) return line;
  return (
    `${line} firstSequence: ${producer.firstSequence} lastSequence: ${producer.lastSequence}` +
    ` lastOffset: ${lastOffset} offsetDelta: ${producer.offsetDelta}` +
    ` timestamp: ${producer.timestamp}`
  );
}

/** A surrogate in UTF-8, which is none: Java takes it for one bad character, Node for two or three. */
const ENCODED_SURROGATE = /\xed[\xa0-\xbf][\x80-\xbf]?/g;
const ENCODED_REPLACEMENT = '\xef\xbf\xbd';

/** As Java makes a string of bytes: what is no UTF-8 becomes replacement characters, as many as there. */
function decodedText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  const text = buffer.toString('latin1').replace(ENCODED_SURROGATE, ENCODED_REPLACEMENT);
  return Buffer.from(text, 'latin1').toString('utf8');
}
