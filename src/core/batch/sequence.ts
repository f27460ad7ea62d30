/** Sequence numbers of idempotent producers: int32 that wraps to 0 after the largest. */

const SEQUENCE_MAX = 0x7fffffff;

export function incrementSequence(sequence: number, by: number): number {
  return sequence > SEQUENCE_MAX - by ? by - (SEQUENCE_MAX - sequence) - 1 : sequence + by;
}

export function decrementSequence(sequence: number, by: number): number {
  return sequence < by ? SEQUENCE_MAX - (by - sequence) + 1 : sequence - by;
}
