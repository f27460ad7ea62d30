/** A part of the program that takes bytes or words from strangers, and how they are made. */
import type { SeededRandom } from '../../support/seeded-random.js';

export interface FuzzTarget {
  readonly name: string;
  /** Of all cases, so many in a hundred are this target's: about what they cost. */
  readonly share: number;
  /** Beyond it, memory was allocated that the input does not justify. */
  readonly maxGrowthBytes: number;
  /** Called once. What it answers makes a case, and gives it to the program; a CoreError may come out. */
  prepare(): FuzzCase | Promise<FuzzCase>;
}

export type FuzzCase = (random: SeededRandom) => unknown;

export const MIB = 1024 * 1024;
