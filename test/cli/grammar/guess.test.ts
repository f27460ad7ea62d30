import { expect, test } from '@jest/globals';
import { didYouMean } from '../../../src/cli/grammar/guess.js';

test('without a near candidate the known ones are listed', () => {
  expect(didYouMean('jsno', ['json', 'hex'])).toBe('did you mean json?');
  expect(didYouMean('protobuf', ['json', 'hex'])).toBe('known are: json, hex');
});
