import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  checkGroupName,
  groupFileName,
  groupOfFileName,
  isGroupFileName,
} from '../../../src/core/group/group-name.js';

describe('the name of a group', () => {
  test.each([
    ['load', 'load'],
    ['nightly-load_2', 'nightly-load_2'],
    ['a.b', 'a.b'],
    ['Load', '%4Coad'],
    ['.', '%2E'],
    ['..', '%2E%2E'],
    ['.hidden', '%2Ehidden'],
    ['end.', 'end%2E'],
    ['a.lock', 'a%2Elock'],
    ['a.lock.b', 'a.lock.b'],
    ['../../etc/passwd', '%2E.%2F..%2Fetc%2Fpasswd'],
    ['a/b', 'a%2Fb'],
    ['a%2fb', 'a%252fb'],
    ['~x', '%7Ex'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['two words', 'two%20words'],
  ])('%j is the file name %s, and can be read from it', (name, fileName) => {
    expect(groupFileName(name)).toBe(fileName);
    expect(groupOfFileName(fileName)).toBe(name);
    expect(isGroupFileName(fileName)).toBe(true);
  });

  test('of up to 200 bytes stays readable, a longer one is a hash', () => {
    expect(groupFileName('a'.repeat(200))).toBe('a'.repeat(200));
    const hash = groupFileName('a'.repeat(201));
    expect(hash).toMatch(/^~[0-9a-f]{64}$/);
    expect(groupFileName('ä'.repeat(100))).toMatch(/^~/);
    expect(groupFileName('a'.repeat(202))).not.toBe(hash);
    expect([groupOfFileName(hash), isGroupFileName(hash)]).toEqual([undefined, true]);
  });

  test('is safe as a file name, and another one for every name, capitals or not', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    const isGood = (text: string): boolean => {
      try {
        checkGroupName(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(name.filter(isGood), name.filter(isGood), (left, right) => {
        const [one, other] = [groupFileName(left), groupFileName(right)];
        expect(one).toMatch(/^(?!\.)[a-z0-9A-F%._~-]{1,200}(?<!\.)$/);
        expect(one.toLowerCase() === other.toLowerCase()).toBe(left === right);
        if (!one.startsWith('~')) expect(groupOfFileName(one)).toBe(left);
      }),
    );
  });

  test.each([
    ['', 'empty'],
    ['a'.repeat(256), '256 bytes'],
    ['ä'.repeat(128), '256 bytes'],
    ['a\nb', 'control'],
    ['a\0', 'control'],
    ['\u009b', 'control'],
    ['\ud800', 'not valid text'],
  ])('cannot be %j', (name, reason) => {
    const refused = expect.objectContaining({
      code: 'INVALID_GROUP_ID',
      message: expect.stringContaining(reason),
    });
    expect(() => checkGroupName(name)).toThrow(refused);
    expect(() => groupFileName(name)).toThrow(refused);
  });

  test('may be 255 bytes long', () => {
    expect(() => checkGroupName('a'.repeat(255))).not.toThrow();
  });

  test.each([
    '.tmp-1',
    '.deleted-1',
    'Load',
    '%4coad',
    '%6C',
    'a%',
    '~x',
    '',
    'a b',
    '%FF',
    'x.',
    'a.lock',
  ])('is not read from a file name that no group has: %j', (fileName) => {
    expect(groupOfFileName(fileName)).toBeUndefined();
    expect(isGroupFileName(fileName)).toBe(false);
  });
});
