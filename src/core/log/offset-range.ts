/** Records of one partition, as a stretch of offsets. */
export interface OffsetRange {
  readonly firstOffset: number;
  /** Exclusive. */
  readonly endOffset: number;
}

/** What both have; undefined if that is nothing. */
export function intersection(one: OffsetRange, other: OffsetRange): OffsetRange | undefined {
  const firstOffset = Math.max(one.firstOffset, other.firstOffset);
  const endOffset = Math.min(one.endOffset, other.endOffset);
  return firstOffset < endOffset ? { firstOffset, endOffset } : undefined;
}

/** Whether each offset of `range` lies in one of `ranges`, which are as `withRange` leaves them. */
export function isCovered(range: OffsetRange, ranges: readonly OffsetRange[]): boolean {
  return ranges.some(
    ({ firstOffset, endOffset }) =>
      firstOffset <= range.firstOffset && range.endOffset <= endOffset,
  );
}

/** `ranges` and one more: in order, apart from each other, none of them empty. */
export function withRange(ranges: readonly OffsetRange[], more: OffsetRange): OffsetRange[] {
  const sorted = [...ranges, more]
    .filter(({ firstOffset, endOffset }) => firstOffset < endOffset)
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const merged: OffsetRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || last.endOffset < range.firstOffset) merged.push(range);
    else merged[merged.length - 1] = spanning(last, range);
  }
  return merged;
}

/** No more than `limit` of them: those that lie nearest to each other become one. */
export function coarsened(ranges: readonly OffsetRange[], limit: number): OffsetRange[] {
  const left = [...ranges];
  while (left.length > limit) {
    const { at, merged } = nearestPair(left);
    left.splice(at, 2, merged);
  }
  return left;
}

/** The two neighbours with the fewest offsets between them, as one. */
function nearestPair(ranges: readonly OffsetRange[]): { at: number; merged: OffsetRange } {
  let nearest = { gap: Infinity, at: 0, merged: { firstOffset: 0, endOffset: 0 } };
  let before: OffsetRange | undefined;
  for (const [index, range] of ranges.entries()) {
    const gap = before === undefined ? Infinity : range.firstOffset - before.endOffset;
    if (before !== undefined && gap < nearest.gap) {
      nearest = { gap, at: index - 1, merged: spanning(before, range) };
    }
    before = range;
  }
  return nearest;
}

function spanning(one: OffsetRange, other: OffsetRange): OffsetRange {
  const endOffset = Math.max(one.endOffset, other.endOffset);
  return { firstOffset: Math.min(one.firstOffset, other.firstOffset), endOffset };
}
