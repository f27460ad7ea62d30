/** What the process says to the shell. The numbers are a contract: crontabs and scripts test them. */
import type { ErrorCode } from '../core/errors.js';

export const EXIT = {
  done: 0,
  failed: 1,
  usedWrongly: 2,
  notFound: 3,
  answerIsNo: 4,
  badInput: 5,
  unconfirmed: 6,
  damaged: 7,
  busy: 75,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const EXIT_CODES: Readonly<Record<ErrorCode, ExitCode>> = {
  OFFSET_OUT_OF_RANGE: EXIT.notFound,
  UNKNOWN_TOPIC_OR_PARTITION: EXIT.notFound,
  UNKNOWN_TOPIC_ID: EXIT.notFound,
  CORRUPT_MESSAGE: EXIT.damaged,
  MESSAGE_TOO_LARGE: EXIT.badInput,
  INVALID_RECORD: EXIT.badInput,
  INVALID_TIMESTAMP: EXIT.badInput,
  INVALID_TOPIC: EXIT.usedWrongly,
  TOPIC_ALREADY_EXISTS: EXIT.failed,
  INVALID_PARTITIONS: EXIT.usedWrongly,
  INVALID_REPLICATION_FACTOR: EXIT.usedWrongly,
  INVALID_CONFIG: EXIT.usedWrongly,
  POLICY_VIOLATION: EXIT.usedWrongly,
  UNSUPPORTED_COMPRESSION_TYPE: EXIT.failed,
  UNSUPPORTED_FOR_MESSAGE_FORMAT: EXIT.failed,
  INVALID_GROUP_ID: EXIT.usedWrongly,
  GROUP_ID_NOT_FOUND: EXIT.notFound,
  NON_EMPTY_GROUP: EXIT.busy,
  ILLEGAL_GENERATION: EXIT.unconfirmed,
  INCONSISTENT_GROUP_PROTOCOL: EXIT.usedWrongly,
  UNRELEASED_INSTANCE_ID: EXIT.busy,
  DATA_DIR_NOT_FOUND: EXIT.notFound,
  DATA_DIR_UNKNOWN_FORMAT: EXIT.failed,
  DATA_DIR_DAMAGED: EXIT.damaged,
  SEGMENT_CORRUPT: EXIT.damaged,
  SYNC_FAILED: EXIT.failed,
  FENCED: EXIT.failed,
  BUSY: EXIT.busy,
  FILE_NOT_FOUND: EXIT.failed,
  FILE_EXISTS: EXIT.failed,
  NOT_A_REGULAR_FILE: EXIT.failed,
  PERMISSION_DENIED: EXIT.failed,
  READ_ONLY: EXIT.failed,
  DISK_FULL: EXIT.failed,
  TOO_MANY_OPEN_FILES: EXIT.failed,
  IO_ERROR: EXIT.failed,
  INVALID_ARGUMENT: EXIT.usedWrongly,
  INVALID_INPUT: EXIT.badInput,
  CONFIRMATION_REQUIRED: EXIT.usedWrongly,
  CHECK_FAILED: EXIT.answerIsNo,
  DELIVERY_UNCONFIRMED: EXIT.unconfirmed,
  INTERRUPTED: EXIT.interrupted,
};

/** Worst first: what has to be looked at soonest. An interrupted run says so whatever else it met. */
const SEVERITY: readonly ExitCode[] = [
  EXIT.interrupted,
  EXIT.damaged,
  EXIT.failed,
  EXIT.unconfirmed,
  EXIT.badInput,
  EXIT.busy,
  EXIT.notFound,
  EXIT.answerIsNo,
  EXIT.usedWrongly,
  EXIT.done,
];

export function exitCodeOf(code: ErrorCode): ExitCode {
  return EXIT_CODES[code];
}

/** The code of a run that acted on several targets. */
export function worstExitCode(one: ExitCode, other: ExitCode): ExitCode {
  return SEVERITY.indexOf(one) < SEVERITY.indexOf(other) ? one : other;
}
