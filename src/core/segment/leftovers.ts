/**
 * What an interrupted removal, compaction or segment creation leaves in a partition's folder, and
 * how a writer brings it to an end, as Kafka does when it loads a log (LogLoader.load):
 *
 * - `X.deleted`: its removal had begun: removed.
 * - `X.cleaned`: half-made by compaction: removed, and with it every `.swap` of the same base offset
 *   or a later one, for they belong to the same unfinished change.
 * - `X.swap`: whole, its originals on their way out: takes its plain name.
 * - an index without its `.log`: removed.
 *
 * A `.cleaned` condemns the swaps of its change, so they go first. Each step is on disk before the next
 * begins: a death between two leaves a smaller plan of the same kind.
 */
import { isCoreError } from '../errors.js';
import type { FileSystem } from '../fs/file-system.js';
import {
  CLEANED_SUFFIX,
  DELETED_SUFFIX,
  LOG_SUFFIX,
  OFFSET_INDEX_SUFFIX,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
  parseSegmentFileName,
  segmentFileName,
} from './file-names.js';

export interface LeftoverPlan {
  readonly remove: readonly string[];
  readonly rename: readonly { readonly from: string; readonly to: string }[];
}

const INDEX_SUFFIXES: readonly string[] = [
  OFFSET_INDEX_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
];

export function planLeftovers(names: readonly string[]): LeftoverPlan {
  const remove: string[] = [];
  const swaps: { readonly name: string; readonly baseOffset: number }[] = [];
  let firstCleaned = Infinity;
  for (const name of names) {
    const parsed = parseSegmentFileName(name);
    if (parsed === undefined) continue;
    if (parsed.suffix.endsWith(DELETED_SUFFIX)) remove.push(name);
    else if (parsed.suffix.endsWith(CLEANED_SUFFIX)) {
      remove.push(name);
      firstCleaned = Math.min(firstCleaned, parsed.baseOffset);
    } else if (parsed.suffix.endsWith(SWAP_SUFFIX)) {
      swaps.push({ name, baseOffset: parsed.baseOffset });
    }
  }
  // The one with the lowest offsets may end early where another one goes on: that one must be there.
  const rename = [];
  for (const { name, baseOffset } of swaps.sort((a, b) => b.baseOffset - a.baseOffset)) {
    if (baseOffset >= firstCleaned) remove.push(name);
    else rename.push({ from: name, to: name.slice(0, -SWAP_SUFFIX.length) });
  }
  const standing = new Set([...names, ...rename.map(({ to }) => to)]);
  for (const name of names) {
    const parsed = parseSegmentFileName(name);
    if (parsed === undefined || !INDEX_SUFFIXES.includes(parsed.suffix)) continue;
    if (!standing.has(segmentFileName(parsed.baseOffset, LOG_SUFFIX))) remove.push(name);
  }
  return { remove, rename };
}

/** Brings to an end what others left half-done. Under the partition's lock only. */
export function sweepLeftovers(fs: FileSystem, directory: string): void {
  applyLeftovers(fs, directory, planLeftovers(fs.list(directory)));
}

/** Carries a plan out, durably. Under the partition's lock only. */
export function applyLeftovers(fs: FileSystem, directory: string, plan: LeftoverPlan): void {
  if (plan.remove.length === 0 && plan.rename.length === 0) return;
  const condemned = plan.remove.filter((name) => name.endsWith(SWAP_SUFFIX));
  removeDurably(fs, directory, condemned);
  removeDurably(
    fs,
    directory,
    plan.remove.filter((name) => !condemned.includes(name)),
  );
  for (const { from, to } of plan.rename) {
    fs.rename(`${directory}/${from}`, `${directory}/${to}`);
    fs.syncDirectory(directory);
  }
}

function removeDurably(fs: FileSystem, directory: string, names: readonly string[]): void {
  if (names.length === 0) return;
  removeFiles(
    fs,
    names.map((name) => `${directory}/${name}`),
  );
  fs.syncDirectory(directory);
}

/** Removes what is there: `.deleted` files are removed without the lock, so another may be quicker. */
export function removeFiles(fs: FileSystem, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      fs.removeFile(path);
    } catch (error) {
      if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
    }
  }
}
