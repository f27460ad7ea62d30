/**
 * The entries of segment files as NDJSON: one object a batch, with its records inside where they were
 * asked for, or one object an entry of any other file. A batch is written as it is read, record by
 * record, so that no size of it matters. Bytes are hexadecimal.
 */
import type { DumpEntry, DumpedBatch, DumpedRecord } from '../core/index.js';
import { safeJson } from './escape.js';

export interface DumpJsonOptions {
  /** The records of each batch. */
  readonly deep: boolean;
  /** Keys, values and headers too. */
  readonly printData: boolean;
}

export class DumpJson {
  readonly #options: DumpJsonOptions;
  #file = '';
  #recordCount = 0;

  constructor(options: DumpJsonOptions) {
    this.#options = options;
  }

  /** The text of the next entry: a line, a part of one, or nothing. */
  textOf(entry: DumpEntry): string {
    switch (entry.kind) {
      case 'file':
        this.#file = entry.file;
        return '';
      case 'batch':
        this.#recordCount = 0;
        return this.#batchStart(entry);
      case 'record':
        return (this.#recordCount++ === 0 ? '' : ',') + safeJson(this.#record(entry));
      case 'batch-end':
        return this.#options.deep ? ']}\n' : '}\n';
      case 'offset-entry':
      case 'time-entry':
      case 'aborted-txn':
      case 'producer':
        return this.#line(entry);
      case 'incomplete': {
        const { position, sizeBytes } = entry;
        return `${safeJson({ file: this.#file, position, invalidBytes: sizeBytes })}\n`;
      }
      case 'log-start':
      case 'empty':
      case 'damage':
      case 'note':
        return '';
    }
  }

  #batchStart(batch: DumpedBatch): string {
    const object = safeJson({ file: this.#file, ...batchObject(batch) });
    const open = object.slice(0, -1);
    return this.#options.deep ? `${open},"records":[` : open;
  }

  #line(entry: { readonly kind: string }): string {
    const members = Object.entries(entry).filter(([name]) => name !== 'kind');
    return `${safeJson({ file: this.#file, ...Object.fromEntries(members) })}\n`;
  }

  #record(record: DumpedRecord): object {
    const { offset, timestamp, sequence, keySize, valueSize, headers, control } = record;
    const sizes = { keySize, valueSize, headerCount: headers.length };
    return {
      offset,
      ts: timestamp,
      seq: sequence,
      ...(this.#options.printData ? dataOf(record) : sizes),
      ...(control === undefined
        ? {}
        : { controlType: control.type, coordinatorEpoch: control.coordinatorEpoch }),
    };
  }
}

function batchObject(batch: DumpedBatch): object {
  return {
    position: batch.position,
    size: batch.sizeBytes,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    count: batch.count,
    leaderEpoch: batch.partitionLeaderEpoch,
    crc: batch.crc,
    isValid: batch.isValid,
    codec: batch.compression,
    timestampType: batch.timestampType,
    maxTimestamp: batch.maxTimestamp,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    transactional: batch.isTransactional,
    control: batch.isControl,
    deleteHorizonMs: batch.deleteHorizonMs ?? null,
  };
}

function dataOf({ key, value, headers }: DumpedRecord): object {
  return {
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.map((header) => ({
      keyHex: hexOf(header.key),
      value: bytesOf(header.value),
    })),
  };
}

function bytesOf(bytes: Uint8Array | null): { readonly hex: string } | null {
  return bytes === null ? null : { hex: hexOf(bytes) };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
