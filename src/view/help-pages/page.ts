/** A text that `spool help WORD` shows. Under 60 lines, at most 80 columns. */
export interface HelpPage {
  readonly summary: string;
  /** Ends in a newline. */
  readonly text: string;
}
