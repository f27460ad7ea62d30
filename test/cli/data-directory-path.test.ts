import { expect, test } from '@jest/globals';
import { resolve } from 'node:path';
import { dataDirectoryPath } from '../../src/cli/data-directory-path.js';

const HOME = '/home/ada';

test.each([
  ['--dir wins', '/a', { HOME, SPOOL_DIR: '/b' }, '/a'],
  ['a relative --dir starts here', 'a', { HOME }, resolve('a')],
  ['then SPOOL_DIR', undefined, { HOME, SPOOL_DIR: '/b', XDG_DATA_HOME: '/c' }, '/b'],
  ['an empty SPOOL_DIR is unset', undefined, { HOME, SPOOL_DIR: '' }, `${HOME}/.local/share/spool`],
  ['then XDG_DATA_HOME', undefined, { HOME, XDG_DATA_HOME: '/c' }, '/c/spool'],
  [
    'a relative XDG_DATA_HOME is ignored',
    undefined,
    { HOME, XDG_DATA_HOME: 'c' },
    `${HOME}/.local/share/spool`,
  ],
  ['then home', undefined, { HOME }, `${HOME}/.local/share/spool`],
])('%s', (_name, flag, variables, path) => {
  expect(dataDirectoryPath(flag, variables)).toBe(path);
});

test.each([
  ['no home', undefined, {}, 'no data directory: HOME is not set'],
  ['an empty --dir', '', { HOME }, '--dir is empty'],
])('%s is an error, never a fallback', (_name, flag, variables, message) => {
  expect(() => dataDirectoryPath(flag, variables)).toThrow(message);
});
