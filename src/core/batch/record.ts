/** One record as Kafka means it. The byte fields may alias a buffer that is about to be reused. */
export interface LogRecord {
  readonly offset: number;
  /** Milliseconds since the epoch; -1 = none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  /** null is a tombstone. */
  readonly value: Uint8Array | null;
  readonly headers: readonly RecordHeader[];
}

export interface RecordHeader {
  /** UTF-8 by convention; kept as bytes so that nothing is lost. */
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}
