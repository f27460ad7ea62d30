import { expect, test } from '@jest/globals';

import {
  baseOffsetsOf,
  isKeptAside,
  parseSegmentFileName,
  segmentPath,
} from '../../../src/core/segment/file-names.js';

test('a base offset has twenty digits', () => {
  expect(segmentPath('/d', 42, '.log')).toBe('/d/00000000000000000042.log');
});

test.each([
  ['00000000000000000042.log', 42, '.log'],
  ['00000000000000000042.log.deleted', 42, '.log.deleted'],
  ['09007199254740991000.log', undefined, undefined],
  ['42.log', undefined, undefined],
  ['00000000000000000042', undefined, undefined],
  ['00000000000000000042.', undefined, undefined],
  ['leader-epoch-checkpoint', undefined, undefined],
])('%s', (name, baseOffset, suffix) => {
  const parsed = parseSegmentFileName(name);
  expect([parsed?.baseOffset, parsed?.suffix]).toEqual([baseOffset, suffix]);
});

test('each .log is a segment, and nothing else is', () => {
  const at = (offset: number, suffix: string): string => segmentPath('', offset, suffix).slice(1);
  expect(
    baseOffsetsOf([at(20, '.log'), at(3, '.log'), at(7, '.index'), at(8, '.log.deleted'), 'x.log']),
  ).toEqual([3, 20]);
});

test.each([
  ['.log.torn', true],
  ['.log.damaged', true],
  ['.log.torn.2', true],
  ['.log.damaged.10', true],
  ['.log.damaged.2.cleaned', false],
  ['.log.damaged.0', false],
  ['.log.deleted', false],
  ['.log', false],
])('%s is kept aside: %s', (suffix, isAside) => {
  expect(isKeptAside(suffix)).toBe(isAside);
});
