import { describe, expect, test } from '@jest/globals';
import { didYouMean, nearest } from '../../../src/cli/grammar/guess.js';

const COMMANDS = ['produce', 'consume', 'topic', 'group', 'status', 'verify'];

describe('nearest', () => {
  test.each([
    ['prodcue', 'produce'],
    ['comsume', 'consume'],
    ['cons', 'consume'],
    ['TOPIC', 'topic'],
    ['topci', 'topic'],
    ['topics', 'topic'],
    ['sttaus', 'status'],
    ['banana', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%j was meant as %j', (word, expected) => {
    expect(nearest(word, COMMANDS)).toBe(expected);
  });

  test('takes the nearest, not the first near one', () => {
    expect(nearest('hexx', ['help', 'hex'])).toBe('hex');
  });

  test('counts a swap of neighbours as one mistake', () => {
    expect(nearest('ab', ['ba'])).toBe('ba');
    expect(nearest('ab', ['cd'])).toBeUndefined();
  });
});

test('without a near candidate the known ones are listed', () => {
  expect(didYouMean('jsno', ['json', 'hex'])).toBe('did you mean json?');
  expect(didYouMean('protobuf', ['json', 'hex'])).toBe('known are: json, hex');
});
