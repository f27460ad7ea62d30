/** A text that `spool help WORD` shows. Under 60 lines, at most 80 columns but for paths. */
export interface HelpPage {
  readonly summary: string;
  /** Ends in a newline. Few pages ask for the machine, and it may have no answer. */
  readonly text: (machine: () => Machine) => string;
}

/** What a page may say of the machine that it is read on. */
export interface Machine {
  /** Absolute paths that start the program, whatever the PATH: node and the launcher. */
  readonly command: readonly string[];
  /** Of the data directory; absolute. */
  readonly dataDirectory: string;
  /** Directories in which cron finds what the program itself was found in. */
  readonly searchPath: readonly string[];
  /** As in Europe/Berlin. */
  readonly timeZone: string;
}
