/**
 * An error as it is shown: two to four lines for a person, or one JSON line, and the exit code. What
 * is not a CoreError is a bug and shows its stack.
 */
import type { ErrorCode } from '../core/errors.js';
import { isCoreError } from '../core/errors.js';
import { escapeLines, safeJson } from '../view/escape.js';
import type { Palette } from '../view/palette.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT, exitCodeOf } from './exit-codes.js';

export interface ErrorReport {
  readonly code: ErrorCode | 'BUG';
  readonly message: string;
  /** What to type next; lines. */
  readonly suggestion: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly exitCode: ExitCode;
}

/** What to do next where the error itself does not say. */
const SUGGESTIONS: Readonly<Partial<Record<ErrorCode, string>>> = {
  DATA_DIR_NOT_FOUND: 'spool topic create NAME makes it; --dir DIR or SPOOL_DIR names another',
  UNKNOWN_TOPIC_OR_PARTITION: 'spool topic list shows what there is',
  OFFSET_OUT_OF_RANGE: 'spool topic describe shows what is kept',
  TOPIC_ALREADY_EXISTS: '--if-not-exists leaves it as it is',
  CORRUPT_MESSAGE: 'spool verify shows what is damaged, and what can be done',
  SEGMENT_CORRUPT: 'spool verify shows what is damaged, and what can be done',
  DATA_DIR_DAMAGED: 'spool verify shows what is damaged, and what can be done',
  DISK_FULL: 'spool retention prune frees what the policies allow; it works on a full disk',
  BUSY: 'wait for it to end; consume -g can wait by itself: --if-busy wait',
  NON_EMPTY_GROUP: 'wait for it to end, or end it',
  GROUP_ID_NOT_FOUND: 'spool group list shows what there is',
  CONFIRMATION_REQUIRED: 'add -y to go ahead, or --dry-run to see what would happen',
  PERMISSION_DENIED: 'ls -ld shows who owns it; run as that user or name another with --dir',
  TOO_MANY_OPEN_FILES: 'raise the limit with ulimit -n',
};

export function reportOf(error: unknown): ErrorReport {
  if (isCoreError(error)) {
    return {
      code: error.code,
      message: error.message,
      suggestion: error.suggestion ?? SUGGESTIONS[error.code],
      details: error.details,
      exitCode: exitCodeOf(error.code),
    };
  }
  // Not `instanceof Error`: errors of another realm (a worker, a test) are none.
  const { stack, message } = Object(error) as { stack?: unknown; message?: unknown };
  return {
    code: 'BUG',
    message: `this is a bug in spool: ${typeof message === 'string' ? message : String(error)}`,
    suggestion: 'please report it with the lines above and the command you ran',
    details: typeof stack === 'string' ? { stack } : {},
    exitCode: EXIT.failed,
  };
}

export function formatReport(report: ErrorReport, palette: Palette): string {
  const stack = report.code === 'BUG' ? report.details['stack'] : undefined;
  const lines = [`${palette.bad('error:')} ${indented(report.message)}`];
  if (typeof stack === 'string') lines.unshift(escapeLines(stack));
  if (report.suggestion !== undefined) lines.push(`  ${indented(report.suggestion)}`);
  return lines.join('\n') + '\n';
}

export function formatReportJson(report: ErrorReport): string {
  const { code, message, suggestion, details } = report;
  return safeJson({ error: { code, message, suggestion, details } }, plainValue) + '\n';
}

function indented(text: string): string {
  return escapeLines(text.trimEnd()).replaceAll('\n', '\n  ');
}

function plainValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
