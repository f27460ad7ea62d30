import { expect, test } from '@jest/globals';
import { randomNonce } from '../../../src/core/topic/nonce.js';

test('a nonce is 16 hexadecimal digits, another one each time', () => {
  const nonces = Array.from({ length: 1000 }, () => randomNonce());
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(nonces).size).toBe(nonces.length);
});
