/** Java's `String.hashCode`, and the partition of `__consumer_offsets` that Kafka chooses with it. */

const INT32_MIN = -2147483648;

/** Over UTF-16 code units, as a signed 32-bit number. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(31, hash) + text.charCodeAt(at)) | 0;
  return hash;
}

/** Kafka's `abs` makes 0 of the one number that has no positive counterpart. */
export function partitionForGroup(groupId: string, partitionCount: number): number {
  const hash = javaHash(groupId);
  return (hash === INT32_MIN ? 0 : Math.abs(hash)) % partitionCount;
}
