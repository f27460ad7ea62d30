/** What a segment file says, piece by piece; the words are those of Kafka's dump tool. */
import type { CompressionType } from '../batch/compression.js';
import type { ControlRecordType } from '../batch/control-record.js';
import type { RecordBatch, TimestampType } from '../batch/record-batch.js';
import type { RecordHeader } from '../batch/record.js';
import { isCoreError } from '../errors.js';

export interface DumpedBatch {
  readonly kind: 'batch';
  readonly position: number;
  readonly sizeBytes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly count: number;
  readonly partitionLeaderEpoch: number;
  readonly magic: number;
  readonly crc: number;
  readonly isValid: boolean;
  /** Null for an id that nobody has given out. */
  readonly compression: CompressionType | null;
  readonly timestampType: TimestampType;
  readonly maxTimestamp: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly lastSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly deleteHorizonMs: number | undefined;
}

/** Its bytes are valid until the next entry is asked for. */
export interface DumpedRecord {
  readonly kind: 'record';
  readonly offset: number;
  readonly timestampType: TimestampType;
  readonly timestamp: number;
  readonly sequence: number;
  /** -1 = null. */
  readonly keySize: number;
  /** -1 = null. */
  readonly valueSize: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
  readonly control: DumpedControl | undefined;
}

export interface DumpedControl {
  readonly type: ControlRecordType;
  /** As it is stored: a newer Kafka may have given it out. */
  readonly typeId: number;
  /** Of an abort or a commit. */
  readonly coordinatorEpoch: number | undefined;
}

export interface DumpedOffsetEntry {
  readonly kind: 'offset-entry';
  readonly offset: number;
  readonly position: number;
}

export interface DumpedTimeEntry {
  readonly kind: 'time-entry';
  readonly timestamp: number;
  readonly offset: number;
}

export interface DumpedAbortedTxn {
  readonly kind: 'aborted-txn';
  readonly version: number;
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly lastStableOffset: number;
}

export interface DumpedProducer {
  readonly kind: 'producer';
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  /** -1 = no transaction is open. */
  readonly currentTxnFirstOffset: number;
  readonly timestamp: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** -1 = the producer's batches are not known any more. */
  readonly lastOffset: number;
  readonly offsetDelta: number;
}

/** Something is wrong at this byte of the file; what follows it may still be right. */
export interface DumpFinding {
  readonly kind: 'damage' | 'note';
  readonly file: string;
  readonly position: number;
  readonly reason: string;
}

export type DumpEntry =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'log-start'; readonly offset: number }
  | DumpedBatch
  | DumpedRecord
  /** All of the batch was told. */
  | { readonly kind: 'batch-end' }
  /** A part of a batch: what an append that died leaves, or one that is under way. */
  | {
      readonly kind: 'incomplete';
      readonly position: number;
      readonly sizeBytes: number;
      readonly fileName: string;
    }
  | { readonly kind: 'empty'; readonly file: string }
  | DumpedOffsetEntry
  | DumpedTimeEntry
  | DumpedAbortedTxn
  | DumpedProducer
  | DumpFinding;

/** All that the header at `position` of the file says, and whether the checksum is right. */
export function describeBatch(batch: RecordBatch, position: number): DumpedBatch {
  return {
    kind: 'batch',
    position,
    sizeBytes: batch.sizeBytes,
    baseOffset: batch.baseOffset,
    lastOffset: batch.lastOffset,
    count: batch.recordsCount,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    magic: batch.magic,
    crc: batch.crc,
    isValid: batch.hasValidCrc(),
    compression: compressionOf(batch),
    timestampType: batch.timestampType,
    maxTimestamp: batch.maxTimestamp,
    producerId: batch.producerId,
    producerEpoch: batch.producerEpoch,
    baseSequence: batch.baseSequence,
    lastSequence: batch.lastSequence,
    isTransactional: batch.isTransactional,
    isControl: batch.isControl,
    deleteHorizonMs: batch.deleteHorizonMs,
  };
}

function compressionOf(batch: RecordBatch): DumpedBatch['compression'] {
  try {
    return batch.compression;
  } catch (error) {
    if (isCoreError(error, 'UNSUPPORTED_COMPRESSION_TYPE')) return null;
    throw error;
  }
}
