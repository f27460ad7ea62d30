/**
 * Whoever read the output has gone (`| head -1`). That ends a command at once and quietly, with exit
 * code 0, unless it was to confirm a delivery: then the command turns this into its own error.
 */
export class ReaderGone extends Error {
  readonly code = 'READER_GONE';

  constructor() {
    super('the reader of the output has gone');
    this.name = 'ReaderGone';
  }
}

export function isReaderGone(error: unknown): error is ReaderGone {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as { code?: unknown }).code === 'READER_GONE'
  );
}
