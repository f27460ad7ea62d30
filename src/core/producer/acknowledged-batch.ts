/** A batch that is in the log, and on disk unless syncing was switched off. */
export interface AcknowledgedBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offsets of its first and last record. */
  readonly first: number;
  readonly last: number;
  readonly sizeBytes: number;
}
