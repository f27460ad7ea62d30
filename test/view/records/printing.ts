import { ByteSink } from '../../../src/view/records/byte-sink.js';
import type { OutputRecord, RecordFormat } from '../../../src/view/records/record-format.js';

export type RecordParts = Partial<Record<'key' | 'value', string | Uint8Array | null>> &
  Partial<Pick<OutputRecord, 'topic' | 'partition' | 'offset' | 'timestamp' | 'headers'>>;

/** A record of orders:2 at offset 12; strings stand for their UTF-8. */
export function recordOf({ key = null, value = '', ...rest }: RecordParts): OutputRecord {
  const bytesOf = (part: string | Uint8Array | null) =>
    typeof part === 'string' ? Buffer.from(part) : part;
  return {
    topic: 'orders',
    partition: 2,
    offset: 12,
    timestamp: 1_700_000_000_123,
    headers: [],
    ...rest,
    key: bytesOf(key),
    value: bytesOf(value),
  };
}

/** What the format writes for one record, every byte as one character. */
export function written(format: RecordFormat, parts: RecordParts): string {
  const out = new ByteSink(1);
  format.write(recordOf(parts), out);
  return out.view().toString('latin1');
}
