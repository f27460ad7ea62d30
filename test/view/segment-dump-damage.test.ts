import { expect, test } from '@jest/globals';
import { DumpDamage } from '../../src/view/segment-dump-damage.js';

test('no damage is no error', () => {
  expect(() => new DumpDamage('/f').throwIfAny()).not.toThrow();
});

test('the first place is named, the others are counted', () => {
  const damage = new DumpDamage('/f');
  for (const position of [9, 20, 30]) {
    damage.add({ kind: 'damage', file: '/f', position, reason: 'wrong' });
  }
  expect(() => damage.throwIfAny()).toThrow(
    expect.objectContaining({
      code: 'SEGMENT_CORRUPT',
      message: '/f: damaged at byte 9: wrong (and 2 more)',
      details: { path: '/f', position: 9, reason: 'wrong', count: 3 },
    }),
  );
});
