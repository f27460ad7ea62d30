/** Colours by their role. Chalk costs 20 ms to load, so it is loaded only where colour is on. */

type Paint = (text: string) => string;

export interface Palette {
  /** What a line is about. */
  readonly strong: Paint;
  /** What may be overlooked. */
  readonly faint: Paint;
  readonly good: Paint;
  readonly caution: Paint;
  readonly bad: Paint;
  readonly name: Paint;
}

const unchanged: Paint = (text) => text;

export const PLAIN_PALETTE: Palette = {
  strong: unchanged,
  faint: unchanged,
  good: unchanged,
  caution: unchanged,
  bad: unchanged,
  name: unchanged,
};

export async function loadPalette(isColored: boolean): Promise<Palette> {
  if (!isColored) return PLAIN_PALETTE;
  const { Chalk } = await import('chalk');
  // The caller has decided; chalk must not look at the terminal again. Level 1: the user's 16 colours.
  const chalk = new Chalk({ level: 1 });
  return {
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    caution: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    name: (text) => chalk.cyan(text),
  };
}
