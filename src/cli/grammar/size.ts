import { assert } from '../../core/assert.js';
import { invalidArgument, quoted } from './invalid-argument.js';

/** What `unlimited` means. */
export const UNLIMITED_BYTES = Infinity;

/** KB is a thousand and KiB is 1024, as the standards have it. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `512 64KB 64KiB 10GB unlimited` to bytes; the case of the unit does not count. */
export function parseSize(text: string): number {
  const sizeBytes = sizeOf(text);
  if (sizeBytes !== undefined) return sizeBytes;
  throw invalidArgument(
    `${quoted(text)} is not a size; write it like 512 64KB 64KiB 10GB or unlimited`,
    guessSize(text),
  );
}

/** For people, at most three digits and a unit: `512 B`, `1.5 KiB`, `107 MiB`. Not exact. */
export function formatSize(sizeBytes: number): string {
  if (sizeBytes === UNLIMITED_BYTES) return 'unlimited';
  assert(sizeBytes >= 0, `not a size: ${sizeBytes}`);
  if (sizeBytes < 1024) return `${sizeBytes} B`;
  let size = sizeBytes;
  let unit = 'B';
  for (const larger of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    // What would be rounded up to 1024 belongs to the next unit.
    if (size < 1023.5) break;
    size /= 1024;
    unit = larger;
  }
  const rounded = size < 9.95 ? size.toFixed(1).replace(/\.0$/, '') : size.toFixed(0);
  return `${rounded} ${unit}`;
}

function sizeOf(text: string): number | undefined {
  if (text === 'unlimited') return UNLIMITED_BYTES;
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(text) ?? [];
  const unitBytes = UNIT_BYTES[unit.toLowerCase()];
  const sizeBytes = Number(count) * (unitBytes ?? NaN);
  return count !== '' && Number.isSafeInteger(sizeBytes) ? sizeBytes : undefined;
}

function guessSize(text: string): string | undefined {
  const compact = text.replaceAll(/[\s_,]/g, '').replace(/bytes?$/i, '');
  // `K` alone is 1000 to some and 1024 to others, so it is asked back rather than taken for one.
  const guess = [compact, compact.toUpperCase() + 'iB'].find((word) => sizeOf(word) !== undefined);
  return guess === undefined ? undefined : `did you mean ${guess}?`;
}
