import { expect, test } from '@jest/globals';
import { damagedFile } from '../../../src/core/log/damaged-file.js';

test('a damaged file is named, with the reason as data too', () => {
  expect(damagedFile('/d/spool.json', 'it is empty')).toMatchObject({
    code: 'DATA_DIR_DAMAGED',
    message: '/d/spool.json is damaged: it is empty',
    details: { path: '/d/spool.json', reason: 'it is empty' },
  });
});
