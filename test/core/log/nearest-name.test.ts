import { describe, expect, test } from '@jest/globals';
import { nearestName } from '../../../src/core/log/nearest-name.js';

const NAMES = ['orders', 'payments', 'retention.ms', 'retention.bytes', 'x'];

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
    expect(nearestName(word, NAMES)).toBe(expected);
  });

  test.each([
    ['another word', 'invoices'],
    ['nothing', ''],
    ['too many edits', 'oxdxrx'],
    ['a short prefix', 'pa'],
  ])('is not invented for %s', (_, word) => {
    expect(nearestName(word, ['orders', 'payments'])).toBeUndefined();
  });

  test('is the one with the fewest edits, whatever the order', () => {
    expect(nearestName('orderz', ['border', 'orders'])).toBe('orders');
    expect(nearestName('orderz', ['orders', 'border'])).toBe('orders');
  });
});
