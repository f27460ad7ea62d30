/**
 * Every expected failure of the core has one code from one table. Names and meanings are those of
 * Kafka's protocol errors (org.apache.kafka.common.protocol.Errors) where one exists.
 *
 * `details` carries the facts as data (path, position, offset, ...), so JSON output and tests never
 * parse prose. `suggestion` says what to do next. Bugs are not CoreErrors: they use `assert`.
 */

export const ERROR_CODES = [
  // Kafka's own.
  'OFFSET_OUT_OF_RANGE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'UNKNOWN_TOPIC_ID',
  'CORRUPT_MESSAGE',
  'MESSAGE_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC',
  'TOPIC_ALREADY_EXISTS',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'INVALID_GROUP_ID',
  'GROUP_ID_NOT_FOUND',
  'NON_EMPTY_GROUP',
  'ILLEGAL_GENERATION',
  'INCONSISTENT_GROUP_PROTOCOL',
  'UNRELEASED_INSTANCE_ID',
  // The data directory and its files.
  'DATA_DIR_NOT_FOUND',
  'DATA_DIR_UNKNOWN_FORMAT',
  'DATA_DIR_DAMAGED',
  'SEGMENT_CORRUPT',
  'SYNC_FAILED',
  'FENCED',
  'BUSY',
  // The file system.
  'FILE_NOT_FOUND',
  'FILE_EXISTS',
  'NOT_A_REGULAR_FILE',
  'PERMISSION_DENIED',
  'READ_ONLY',
  'DISK_FULL',
  'TOO_MANY_OPEN_FILES',
  'IO_ERROR',
  // The person at the keyboard.
  'INVALID_ARGUMENT',
  'INVALID_INPUT',
  'CONFIRMATION_REQUIRED',
  'CHECK_FAILED',
  'DELIVERY_UNCONFIRMED',
  'INTERRUPTED',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface CoreErrorOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly suggestion?: string;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('spool.CoreError');

export class CoreError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly suggestion: string | undefined;

  constructor(code: ErrorCode, message: string, options: CoreErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CoreError';
    this.code = code;
    this.details = options.details ?? {};
    this.suggestion = options.suggestion;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for a CoreError of any copy of this module (a symbol brand, not `instanceof`). */
export function isCoreError(error: unknown, code?: ErrorCode): error is CoreError {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return code === undefined || (error as unknown as CoreError).code === code;
}
