/**
 * From what the input says about a record to what is produced: the key, headers and time that were
 * given on the command line are put on every record.
 */
import type { NewRecord, RecordHeader, RecordProducer } from '../../core/index.js';
import type { InputRecord, RecordSink } from '../input/record-input.js';

export interface RecordStamp {
  readonly key: Uint8Array | undefined;
  readonly headers: readonly RecordHeader[];
  /** Milliseconds; undefined: the input's own, or now. */
  readonly timestamp: number | undefined;
}

/** Takes records as they are; no object is made for a plain one that gets no stamp. */
export function stampingSink(
  producer: Pick<RecordProducer, 'add' | 'addRange'>,
  stamp: RecordStamp,
): RecordSink {
  const { key, headers, timestamp } = stamp;
  const isPlain = key === undefined && headers.length === 0 && timestamp === undefined;
  const append = (record: InputRecord): void => {
    producer.add(stamped(record));
  };
  if (isPlain) {
    return {
      append,
      appendRange: (bytes, keyAt, keyLength, valueAt, valueLength) => {
        producer.addRange(bytes, keyAt, keyLength, valueAt, valueLength);
      },
    };
  }
  return {
    append,
    appendRange: (bytes, keyAt, keyLength, valueAt, valueLength) => {
      append({
        key: keyLength === -1 ? null : bytes.subarray(keyAt, keyAt + keyLength),
        value: valueLength === -1 ? null : bytes.subarray(valueAt, valueAt + valueLength),
        headers: [],
        timestamp: undefined,
        partition: undefined,
      });
    },
  };

  function stamped(record: InputRecord): NewRecord {
    return {
      key: key ?? record.key,
      value: record.value,
      headers: headers.length === 0 ? record.headers : [...record.headers, ...headers],
      timestamp: timestamp ?? record.timestamp,
      // Where a record came from says nothing about where it goes: its key does.
      partition: undefined,
    };
  }
}
