import { nearest } from '../../core/nearest.js';

/** "did you mean json?", or a list of what there is when nothing is near. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? `known are: ${candidates.join(', ')}` : `did you mean ${guess}?`;
}
