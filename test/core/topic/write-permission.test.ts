import { expect, test } from '@jest/globals';
import { checkMayWrite } from '../../../src/core/topic/write-permission.js';

const ROOT = 0;
const [ADA, BEN] = [1000, 1001];

function refusalOf(ownerId: number, permissions: number, userId: number | undefined) {
  try {
    checkMayWrite({ path: '/d', ownerId, permissions }, userId);
    return undefined;
  } catch (error) {
    return error;
  }
}

test.each([
  ['its owner', ADA, 0o700, ADA],
  ['root, its own', ROOT, 0o700, ROOT],
  ['somebody whom root has let in', ROOT, 0o770, ADA],
  ['the group that it is shared with', ADA, 0o2770, BEN],
  ['root, where new files belong to the group', ADA, 0o2770, ROOT],
  ['anybody, where users have no numbers', ADA, 0o700, undefined],
])('%s may write', (_, ownerId, permissions, userId) => {
  expect(refusalOf(ownerId, permissions, userId)).toBeUndefined();
});

test.each([
  ['root', ADA, 0o700, ROOT, /^\/d belongs to user 1000: root may/, /--reuid=1000/],
  ['root, though readable by all', ADA, 0o755, ROOT, /root may/, /--reuid=1000/],
  ['a stranger', ADA, 0o770, BEN, /^\/d belongs to user 1000: user 1001 may/, /chmod 2770 \/d/],
])('%s may not', (_, ownerId, permissions, userId, message, suggestion) => {
  expect(refusalOf(ownerId, permissions, userId)).toMatchObject({
    code: 'PERMISSION_DENIED',
    message: expect.stringMatching(message),
    suggestion: expect.stringMatching(suggestion),
    details: { path: '/d', ownerId, userId },
  });
});
