/** Where one partition lives. The log layer knows no topic names, only this. */
export interface LogLocation {
  /** The folder of the segments, as Kafka lays it out. */
  readonly directory: string;
  /** The control file: lock target and durable state. */
  readonly controlPath: string;
  /** Permissions of the files that are made here, e.g. 0o600. */
  readonly filePermissions: number;
}
