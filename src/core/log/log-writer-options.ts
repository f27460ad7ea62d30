/** What a writer of one partition is told, and what it tells of each batch. */
import type { LogConfig } from './log-config.js';
import type { LogLocation } from './log-location.js';

export interface LogWriterOptions {
  readonly location: LogLocation;
  readonly leaderEpoch: number;
  /** Read anew for each append: a topic may be altered while a writer lives. */
  config(): LogConfig;
  /** Called before the first append to a partition that nobody has written to. */
  confirmCreated(): void;
  /** Throws if the partition no longer belongs to the topic that it was opened for. */
  checkStillOurs(): void;
}

export interface AppendedBatch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly sizeBytes: number;
}
