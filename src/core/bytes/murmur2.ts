/** Kafka's key hash (32-bit murmur2, its own seed) and the partition that its clients choose with it. */

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const ROTATION = 24;

/** The hash of bytes[from, to) as a signed 32-bit number, as Java has it. */
export function murmur2(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  const wordsEnd = from + (length & ~3);
  let hash = SEED ^ length;
  for (let at = from; at < wordsEnd; at += 4) {
    let word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    word = Math.imul(word, MULTIPLIER);
    word ^= word >>> ROTATION;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  const tailBytes = length & 3;
  if (tailBytes === 3) hash ^= (bytes[wordsEnd + 2] as number) << 16;
  if (tailBytes >= 2) hash ^= (bytes[wordsEnd + 1] as number) << 8;
  if (tailBytes >= 1) hash = Math.imul(hash ^ (bytes[wordsEnd] as number), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}

/** The partition of the key bytes[from, to); an empty key is a key, a null key never comes here. */
export function partitionForKey(
  bytes: Uint8Array,
  from: number,
  to: number,
  partitionCount: number,
): number {
  return (murmur2(bytes, from, to) & 0x7fffffff) % partitionCount;
}
