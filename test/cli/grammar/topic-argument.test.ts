import { expect, test } from '@jest/globals';
import { parseTopicArgument } from '../../../src/cli/grammar/topic-argument.js';

test.each([
  ['orders', 'orders', false, undefined],
  ['orders:2', 'orders', false, 2],
  ['orders-*', 'orders-*', true, undefined],
  ['orders-*:0', 'orders-*', true, 0],
])('%s', (text, topic, isGlob, partition) => {
  expect(parseTopicArgument(text)).toMatchObject({ topic, isGlob, partition });
});

test('a pattern means every topic that it fits, a name only itself', () => {
  expect(['orders-eu', 'returns'].map(parseTopicArgument('orders-*').matches)).toStrictEqual([
    true,
    false,
  ]);
  expect(['orders.eu', 'ordersxeu'].map(parseTopicArgument('orders.eu').matches)).toStrictEqual([
    true,
    false,
  ]);
});

test.each(['', ':1', 'orders:', 'orders:x', 'orders:-1', 'orders:4294967296'])(
  '%j is refused',
  (text) => {
    expect(() => parseTopicArgument(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  },
);
