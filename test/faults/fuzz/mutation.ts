/** Bytes that were right, changed as errors and enemies change them. */
import type { SeededRandom } from '../../support/seeded-random.js';

/** Lengths and counts at which code goes wrong. */
const INTEGERS = [
  -1, 0, 1, 7, 47, 48, 49, 50, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff - 12,
  0x7ffffffe, 0x7fffffff, -0x80000000, -0x7fffffff, -2, 0x40000000, 0x01000000,
] as const; // prettier-ignore

const LONGS = [
  0n, -1n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n), 8640000000000001n,
] as const; // prettier-ignore

const BYTES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xfe, 0xff] as const;

/** Varints of ten bytes and more, the largest that are right, and lengths of -1 and of 2^31-1. */
const VARINTS = [
  'ffffffffffffffffff01', 'ffffffffffffffffffff01', 'ffffffffffffffffffffffffff', '8080808080808080808000',
  'feffffff0f', 'ffffffff0f', 'ffffffff1f', '01', '00', '8100', 'fe01',
].map((hex) => Buffer.from(hex, 'hex')); // prettier-ignore

export function anInteger(random: SeededRandom): number {
  return random.chance() ? random.pick(INTEGERS) : random.below(2 ** 32) | 0;
}

export function aLong(random: SeededRandom): bigint {
  return random.chance() ? random.pick(LONGS) : BigInt(anInteger(random)) * BigInt(random.below(9));
}

export function randomBytes(random: SeededRandom, maxLength: number): Buffer {
  return Buffer.from(Array.from({ length: random.below(maxLength + 1) }, () => random.below(256)));
}

/** One to four changes to a copy; `others` are what pieces are taken from. */
export function mutated(
  bytes: Buffer,
  random: SeededRandom,
  others: readonly Buffer[] = [bytes],
): Buffer {
  let changed = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0; left--) {
    changed = Buffer.from(mutateOnce(changed, random, others));
  }
  return changed;
}

function mutateOnce(bytes: Buffer, random: SeededRandom, others: readonly Buffer[]): Buffer {
  const at = random.below(bytes.length + 1);
  const isInside = at < bytes.length;
  switch (random.below(9)) {
    case 0:
      if (isInside) bytes[at]! ^= 1 << random.below(8);
      return bytes;
    case 1:
      if (isInside) bytes[at] = random.pick(BYTES);
      return bytes;
    case 2:
      if (at + 4 <= bytes.length) bytes.writeInt32BE(anInteger(random), at);
      return bytes;
    case 3:
      if (at + 8 <= bytes.length) bytes.writeBigInt64BE(aLong(random), at);
      return bytes;
    case 4:
      return Buffer.concat([bytes.subarray(0, at), random.pick(VARINTS), bytes.subarray(at)]);
    case 5:
      random.pick(VARINTS).copy(bytes, Math.min(at, Math.max(0, bytes.length - 1)));
      return bytes;
    case 6:
      return bytes.subarray(0, at);
    case 7:
      return Buffer.concat([bytes.subarray(0, at), pieceOf(random.pick(others), random)]);
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        pieceOf(bytes, random),
        bytes.subarray(at + random.below(40)),
      ]);
  }
}

function pieceOf(bytes: Buffer, random: SeededRandom): Buffer {
  const from = random.below(bytes.length + 1);
  return bytes.subarray(from, from + random.below(300));
}
