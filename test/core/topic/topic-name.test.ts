import { describe, expect, test } from '@jest/globals';
import {
  checkNewTopicName,
  checkTopicName,
  isInternalTopic,
  isTopicName,
  quoteName,
} from '../../../src/core/topic/topic-name.js';

const LONGEST = 'a'.repeat(249);
const invalid = expect.objectContaining({ code: 'INVALID_TOPIC' });
const create = (name: string, existing: string[] = [], isInternal = false) =>
  checkNewTopicName({ name, existing, isInternal });

describe('a topic name', () => {
  test.each(['orders', 'a', 'A.b_c-9', '...', '-rf', 'CON', '_x', '__consumer_offsets', LONGEST])(
    'may be %s',
    (name) => {
      expect(isTopicName(name)).toBe(true);
      expect(() => checkTopicName(name)).not.toThrow();
    },
  );

  test.each([
    ['nothing', ''],
    ['a directory', '.'],
    ['the parent directory', '..'],
    ['a path', 'a/b'],
    ['a path upwards', '../x'],
    ['a path of Windows', 'a\\b'],
    ['too long', `${LONGEST}a`],
    ['with a NUL', 'a\0b'],
    ['with a newline', 'a\nb'],
    ['with a newline at its end', 'a\n'],
    ['with a space', 'a b'],
    ['with an e acute, composed', 'caf\u00e9'],
    ['with an e acute, decomposed', 'cafe\u0301'],
    ['with a bidi control', 'a\u202eb'],
    ['percent-encoded', '%2e%2e'],
    ['with a colon', 'a:0'],
  ])('may not be %s', (_, name) => {
    expect(isTopicName(name)).toBe(false);
    expect(() => checkTopicName(name)).toThrow(invalid);
    expect(() => create(name)).toThrow(invalid);
  });

  test('is internal if it begins with two underscores', () => {
    expect(isInternalTopic('__consumer_offsets')).toBe(true);
    expect(isInternalTopic('_consumer_offsets')).toBe(false);
  });
});

describe('a new topic', () => {
  test.each([
    ['a.b', 'a_b'],
    ['a_b', 'a.b'],
    ['a.b.c', 'a_b.c'],
    ['Orders', 'orders'],
    ['orders', 'ORDERS'],
  ])('cannot be %s beside %s', (name, other) => {
    expect(() => create(name, ['x', other])).toThrow(
      expect.objectContaining({
        code: 'INVALID_TOPIC',
        details: expect.objectContaining({ collidesWith: other }),
      }),
    );
  });

  test('cannot have the name of another', () => {
    expect(() => create('orders', ['orders'])).toThrow(
      expect.objectContaining({ code: 'TOPIC_ALREADY_EXISTS' }),
    );
  });

  test('has an internal name only if the program makes it', () => {
    expect(() => create('__x')).toThrow(invalid);
    expect(() => create('__x', [], true)).not.toThrow();
  });

  test('may resemble another one otherwise', () => {
    expect(() => create('a.b', ['ab', 'a.c', 'a-b', 'a.b.c'])).not.toThrow();
  });
});

describe('a quoted name', () => {
  test.each([
    ['orders', '"orders"'],
    ['a\u001b[31m', '"a\\u001b[31m"'],
    ['\u202egnp', '"\\u202egnp"'],
    ['\u007f\u009b', '"\\u007f\\u009b"'],
    ['x'.repeat(80), `"${'x'.repeat(60)}..."`],
  ])('cannot drive a terminal: %#', (name, expected) => {
    expect(quoteName(name)).toBe(expected);
  });
});
