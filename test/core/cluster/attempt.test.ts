import { expect, test } from '@jest/globals';
import { attempt } from '../../../src/core/cluster/attempt.js';

test('an answer resolves, and what is thrown rejects instead of escaping', async () => {
  expect(await attempt(() => 1)).toBe(1);
  const failed = attempt(() => {
    throw new RangeError('no');
  });
  await expect(failed).rejects.toThrow('no');
});
