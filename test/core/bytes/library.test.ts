import { expect, test } from '@jest/globals';
import { loadLibrary } from '../../../src/core/bytes/library.js';

test('a library is loaded by its name', () => {
  expect(loadLibrary('node:zlib')).toHaveProperty('gzipSync');
});

test('a library that is not installed throws the error of Node', () => {
  expect(() => loadLibrary('no-such-library-here')).toThrow(
    expect.objectContaining({ code: 'MODULE_NOT_FOUND' }),
  );
});
