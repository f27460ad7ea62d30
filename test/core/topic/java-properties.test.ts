import { describe, expect, test } from '@jest/globals';
import { parseJavaProperties } from '../../../src/core/topic/java-properties.js';

const parse = (text: string) => Object.fromEntries(parseJavaProperties(text)!);

describe('Java properties', () => {
  test.each([
    ['an equals sign', 'a=b', { a: 'b' }],
    ['a colon', 'a: b', { a: 'b' }],
    ['a blank', 'a b', { a: 'b' }],
    ['blanks around the sign', '  a \t= b c ', { a: 'b c ' }],
    ['a second sign in the value', 'a=b=c', { a: 'b=c' }],
    ['a dotted key', 'node.id=1', { 'node.id': '1' }],
    ['no value', 'a', { a: '' }],
    ['no key', '=b', { '': 'b' }],
    ['comments and blank lines', '#x=1\n !y=2\n\n  \na=b\n', { a: 'b' }],
    ['Windows line ends', 'a=b\r\nc=d\r\n', { a: 'b', c: 'd' }],
    ['an escaped separator in the key', 'a\\=b\\:\\ c=d', { 'a=b: c': 'd' }],
    ['escapes', 'a=\\t\\n\\\\\\x\\u0041', { a: '\t\n\\xA' }],
    ['a joined line', 'a=b\\\n   c', { a: 'bc' }],
    ['a joined line with a number sign', 'a=b\\\n#c', { a: 'b#c' }],
    ['an escaped backslash at the end', 'a=b\\\\\nc=d', { a: 'b\\', c: 'd' }],
    ['the last of two', 'a=1\na=2', { a: '2' }],
    ['nothing', '', {}],
  ])('with %s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each(['a=\\u12', 'a=\\uzzzz', '\\u0041\\u1=b', 'a=x\\\\\\u'])(
    'with a broken escape are refused: %s',
    (text) => {
      expect(parseJavaProperties(text)).toBeUndefined();
    },
  );

  test('take an escaped backslash before a u for what it is', () => {
    expect(parse('a=\\\\u12')).toEqual({ a: '\\u12' });
  });
});
