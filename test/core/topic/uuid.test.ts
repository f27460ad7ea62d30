import { describe, expect, test } from '@jest/globals';
import { isReservedUuid, isUuid, randomUuid } from '../../../src/core/topic/uuid.js';

describe('a random id', () => {
  const ids = Array.from({ length: 2000 }, () => randomUuid());

  test('is canonical base64url of 16 bytes and never begins with a dash', () => {
    for (const id of ids) {
      expect(isUuid(id)).toBe(true);
      expect(id).not.toMatch(/^-/);
      expect(Buffer.from(id, 'base64url').toString('base64url')).toBe(id);
    }
  });

  test('is of version 4 and the usual variant', () => {
    for (const id of ids) {
      const bytes = Buffer.from(id, 'base64url');
      expect(bytes[6]! >> 4).toBe(4);
      expect(bytes[8]! >> 6).toBe(2);
    }
  });

  test('is another one each time', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('an id', () => {
  test.each([
    ['AbCdEfGhSxKaLmNoPqRsTw', true],
    ['AAAAAAAAAAAAAAAAAAAAAA', true],
    ['-bCdEfGhSxKaLmNoPqRsTw', true],
    ['AbCdEfGhSxKaLmNoPqRsTx', false],
    ['AbCdEfGhSxKaLmNoPqRsT', false],
    ['AbCdEfGhSxKaLmNoPqRsTw==', false],
    ['AbCdEfGh+xKaLmNoPqRsTw', false],
    ['AbCdEfGhSxKaLmNoPqRsTw\n', false],
    ['', false],
    [undefined, false],
  ])('%j: %s', (text, expected) => {
    expect(isUuid(text)).toBe(expected);
  });

  test('is reserved if it is zero or one', () => {
    expect(isReservedUuid('AAAAAAAAAAAAAAAAAAAAAA')).toBe(true);
    expect(isReservedUuid('AAAAAAAAAAAAAAAAAAAAAQ')).toBe(true);
    expect(isReservedUuid('AAAAAAAAAAAAAAAAAAAAAg')).toBe(false);
  });
});
