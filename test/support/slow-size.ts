/** Sizes and seeds of the slow suites: large by default, whatever the environment says instead. */

export function sizeFrom(variable: string, usual: number): number {
  const size = Number(process.env[variable] ?? usual);
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new Error(`${variable} is not a number`);
}

/** Another one for every run; printed, so that a failure can be repeated with SPOOL_SEED. */
export function printedSeed(): number {
  const seed = sizeFrom('SPOOL_SEED', Date.now() % 2 ** 31);
  printFigure(`SPOOL_SEED=${seed}`);
  return seed;
}

export function printFigure(text: string): void {
  process.stderr.write(`    ${text}\n`);
}
