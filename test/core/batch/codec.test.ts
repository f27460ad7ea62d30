import { expect, test } from '@jest/globals';
import { corruptPayload, tooLarge } from '../../../src/core/batch/codec.js';

test('failures of a codec name it and keep their cause', () => {
  const cause = new Error('inner');
  const error = corruptPayload('lz4', 'no end mark', cause);
  expect(error.code).toBe('CORRUPT_MESSAGE');
  expect(error.details).toEqual({ codec: 'lz4', reason: 'no end mark' });
  expect(error.cause).toBe(cause);
  expect(tooLarge('zstd', 100).message).toContain('more than 100 bytes');
});
