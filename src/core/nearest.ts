/**
 * The candidate that `word` was most likely meant to be, or undefined when none is near. Case does
 * not count; a swap of neighbours is one mistake; the beginning of a candidate is nearer than any
 * mistake. Of equally near candidates the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase();
  let best: string | undefined;
  // One mistake in a word of up to five letters, two up to eight, and so on: git and rustc use a third too.
  let bestDistance = Math.max(1, Math.floor((typed.length + 1) / 3)) + 1;
  for (const candidate of candidates) {
    const target = candidate.toLowerCase();
    const isBeginning = typed.length >= 2 && target.startsWith(typed);
    const distance = isBeginning ? missingTail(typed, target) : editDistance(typed, target);
    if (distance < bestDistance && distance < target.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Less than any mistake; the shorter, the less. */
function missingTail(typed: string, target: string): number {
  return 1 - 1 / (1 + target.length - typed.length);
}

/** Damerau-Levenshtein in its optimal-alignment form: insert, delete, replace, swap neighbours. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      let cost = Math.min(
        cell(previous, column) + 1,
        cell(current, column - 1) + 1,
        cell(previous, column - 1) + (isSame ? 0 : 1),
      );
      const isSwap =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) cost = Math.min(cost, cell(beforePrevious, column - 2) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return cell(previous, b.length);
}

function cell(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
