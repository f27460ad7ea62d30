import { describe, expect, test } from '@jest/globals';
import { nearest } from '../../src/core/nearest.js';

const COMMANDS = ['produce', 'consume', 'topic', 'group', 'status', 'verify'];
const NAMES = ['orders', 'payments', 'retention.ms', 'retention.bytes', 'x'];

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

describe('the nearest name', () => {
  test.each([
    ['a letter left out', 'oders', 'orders'],
    ['a letter doubled', 'orderrs', 'orders'],
    ['another letter', 'ordexs', 'orders'],
    ['two neighbours swapped', 'odrers', 'orders'],
    ['other letter case', 'ORDERS', 'orders'],
    ['a missing tail', 'pay', 'payments'],
    ['two edits in a long word', 'retension.mss', 'retention.ms'],
    ['an underscore for a dot', 'retention_bytes', 'retention.bytes'],
  ])('is found across %s', (_, word, expected) => {
    expect(nearest(word, NAMES)).toBe(expected);
  });

  test.each([
    ['another word', 'invoices'],
    ['nothing', ''],
    ['too many edits', 'oxdxrx'],
    ['a single letter', 'p'],
  ])('is not invented for %s', (_, word) => {
    expect(nearest(word, ['orders', 'payments'])).toBeUndefined();
  });

  test('is the one with the fewest edits, whatever the order', () => {
    expect(nearest('orderz', ['border', 'orders'])).toBe('orders');
    expect(nearest('orderz', ['orders', 'border'])).toBe('orders');
  });
});
