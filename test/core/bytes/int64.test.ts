import { describe, expect, test } from '@jest/globals';
import { isSafeInt64, readInt64, writeInt64 } from '../../../src/core/bytes/int64.js';

function viewOf(value: bigint): DataView {
  const view = new DataView(new ArrayBuffer(11));
  view.setBigInt64(3, value);
  return view;
}

describe('int64', () => {
  test.each([
    [0],
    [1],
    [-1],
    [255],
    [2 ** 31],
    [-(2 ** 31)],
    [2 ** 32 - 1],
    [2 ** 32],
    [-(2 ** 32)],
    [-(2 ** 32) - 1],
    [1700000000000],
    [Number.MAX_SAFE_INTEGER],
    [Number.MIN_SAFE_INTEGER],
  ])('%d reads and writes as a bigint would', (value) => {
    expect(readInt64(viewOf(BigInt(value)), 3)).toBe(value);
    const written = new DataView(new ArrayBuffer(11));
    writeInt64(written, 3, value);
    expect(written.getBigInt64(3)).toBe(BigInt(value));
  });

  test.each([[2n ** 53n], [-(2n ** 53n)], [2n ** 53n + 1n], [2n ** 63n - 1n], [-(2n ** 63n)]])(
    '%d is refused, not rounded',
    (value) => {
      const view = viewOf(value);
      expect(isSafeInt64(view, 3)).toBe(false);
      expect(() => readInt64(view, 3)).toThrow(
        expect.objectContaining({
          code: 'CORRUPT_MESSAGE',
          details: expect.objectContaining({ at: 3, value: String(value) }),
        }),
      );
    },
  );
});
