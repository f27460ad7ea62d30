/** Which faults a command is swept with, from the calls that it makes. */
import type { SeenAim } from './aim.js';
import type { Fault } from './traced-program.js';

/** What a call can really fail with; the first of them is the usual one. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EMFILE', 'EACCES'],
  read: ['EIO'],
  pread64: ['EIO'],
  write: ['ENOSPC', 'EIO', 'EDQUOT'],
  pwrite64: ['EIO', 'ENOSPC'],
  fsync: ['EIO', 'ENOSPC'],
  fdatasync: ['EIO', 'ENOSPC'],
  ftruncate: ['EIO'],
  rename: ['EIO', 'ENOSPC'],
  link: ['EIO', 'ENOSPC', 'EPERM'],
  unlink: ['EIO', 'EROFS'],
  mkdir: ['ENOSPC', 'EIO'],
  rmdir: ['EIO'],
  fcntl: ['ENOLCK', 'EIO'],
  fchmod: ['EIO', 'EPERM'],
  getdents64: ['EIO'],
  statx: ['EIO'],
  newfstatat: ['EIO'],
  statfs: ['EIO'],
  close: ['EIO'],
};

const CREATION_ERRORS = ['ENOSPC', 'EIO', 'EMFILE'];

/** What becomes of the command. */
export const KINDS = ['killed', 'refused a call', 'refused it for good', 'interrupted'] as const;

export type Kind = (typeof KINDS)[number];

/** How many faults of each kind, spread over the command's whole course. */
export type SweepSizes = Readonly<Record<Kind, number>>;

export const USUAL_SIZES: SweepSizes = {
  killed: 8,
  'refused a call': 8,
  'refused it for good': 2,
  interrupted: 2,
};

/** Every call, and every error that it can have. */
export const ALL: SweepSizes = {
  killed: Infinity,
  'refused a call': Infinity,
  'refused it for good': Infinity,
  interrupted: Infinity,
};

export function planFaults(aims: readonly SeenAim[], kind: Kind, sizes: SweepSizes): Fault[] {
  const size = sizes[kind];
  const changes = aims.filter(({ isChange }) => isChange);
  switch (kind) {
    case 'killed': {
      // Between two changes a killing leaves the same behind, wherever it comes; a sync changes nothing
      // that a process could see.
      const telling = changes.filter(({ name }) => name !== 'fsync' && name !== 'fdatasync');
      return chosen(aims, telling, size).map((aim) => ({ aim, effect: 'KILL' }));
    }
    case 'refused a call': {
      // A change that fails has the more to tell.
      const readings = aims.filter(({ isChange }) => !isChange);
      const few = size / 4;
      return [
        ...chosen(changes, firstOfEachPlace(changes), 3 * few),
        ...chosen(readings, firstOfEachPlace(readings), few),
      ].flatMap((aim) => errorsOf(aim, size).map((effect) => ({ aim, effect })));
    }
    case 'refused it for good': {
      // Node itself cannot end without fcntl.
      const lasting = changes.filter(({ name }) => name !== 'fcntl');
      return chosen(lasting, firstOfEachPlace(lasting), size).flatMap((aim) =>
        errorsOf(aim, size).map((effect) => ({ aim, effect, isLasting: true })),
      );
    }
    case 'interrupted': {
      const reads = aims.filter(({ name }) => name === 'pread64' || name === 'read');
      const chosenReads = chosen(reads, firstOfEachPlace(reads), size);
      return chosenReads.map((aim) => ({ aim, effect: 'EINTR' }));
    }
  }
}

/** All of them, or `count` of the telling ones, from the first to the last. */
function chosen(
  all: readonly SeenAim[],
  telling: readonly SeenAim[],
  count: number,
): readonly SeenAim[] {
  if (count === Infinity) return all;
  if (telling.length <= count) return telling;
  const at = (number: number): number => Math.floor((number * telling.length) / count);
  return Array.from({ length: count }, (_, number) => telling[at(number)]!);
}

/** Of the same thing done to the same file again and again, once. */
function firstOfEachPlace(aims: readonly SeenAim[]): SeenAim[] {
  const seen = new Set<string>();
  return aims.filter(({ name, path, isChange }) => {
    const place = `${name} ${path.replace(/[0-9a-f]{16}$/, '')} ${isChange}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

function errorsOf({ name, isChange }: SeenAim, size: number): readonly string[] {
  const isCreation = name === 'openat' && isChange;
  const errors = isCreation ? CREATION_ERRORS : (ERRORS[name] ?? []);
  return size === Infinity ? errors : errors.slice(0, 1);
}
