import { expect, test } from '@jest/globals';
import { decrementSequence, incrementSequence } from '../../../src/core/batch/sequence.js';

const MAX = 2147483647;

test.each([
  [0, 5, 5],
  [MAX - 5, 5, MAX],
  [MAX, 1, 0],
  [MAX - 5, 10, 4],
  [MAX, MAX, MAX - 1],
])('%d, %d further, is %d, and back', (sequence, by, expected) => {
  expect(incrementSequence(sequence, by)).toBe(expected);
  expect(decrementSequence(expected, by)).toBe(sequence);
});
