import { expect, test } from '@jest/globals';
import { loadPalette, PLAIN_PALETTE } from '../../src/view/palette.js';

test('is plain unless colour was asked for', async () => {
  expect(await loadPalette(false)).toBe(PLAIN_PALETTE);
  expect(PLAIN_PALETTE.bad('x')).toBe('x');
});

test('colours when told to, terminal or not', async () => {
  const palette = await loadPalette(true);
  expect(palette.bad('x')).toBe('\u001b[31mx\u001b[39m');
  expect(palette.strong('x')).toBe('\u001b[1mx\u001b[22m');
});
