import type { ExitCode } from './exit-codes.js';

/** What those who do a command's work may say, on stderr, and how it is to end. See base-command.ts. */
export interface Voice {
  warn(text: string): void;
  note(text: string): void;
  /** Only where a person watches, or with -v. */
  noteOnTerminal(text: string): void;
  /** Only with -v. */
  verbose(text: string): void;
  /** The run goes on, and ends with this code or a worse one. */
  fail(code: ExitCode): void;
}
