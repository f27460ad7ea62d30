import { expect, test } from '@jest/globals';
import { shellArgument, shellWord } from '../../src/view/shell-word.js';

test.each([
  ['load', 'load'],
  ['/opt/a-b_c.sh', '/opt/a-b_c.sh'],
  ['my group', "'my group'"],
  ["it's", "'it'\\''s'"],
  ['$(rm)', "'$(rm)'"],
  ['', "''"],
  ['~x', "'~x'"],
])('%j is %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('a name that looks like a flag is behind --', () => {
  expect(shellArgument('-x')).toBe('-- -x');
  expect(shellArgument('load')).toBe('load');
});
