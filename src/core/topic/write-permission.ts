/**
 * Who may write into a data directory, beyond what the kernel says. See
 * docs/decisions/0009-whose-directory-it-is.md.
 *
 * What root writes, its owner cannot open any more: one `sudo spool produce` would shut a user out of
 * their own topics. And what anybody writes into a stranger's directory, the stranger reads. So a
 * directory is written by its owner; by all, if it is root's; and by its group, if it says that it is
 * shared (setgid and writable by the group): then new files belong to the group, whoever made them.
 * Reading is for everyone whom the kernel lets.
 */
import { CoreError } from '../errors.js';

const ROOT_USER = 0;
/** setgid, and the group may write. */
const SHARED = 0o2020;

export interface OwnedDirectory {
  readonly path: string;
  readonly permissions: number;
  readonly ownerId: number;
}

/** PERMISSION_DENIED. `userId`: of this process; undefined where users have no numbers. */
export function checkMayWrite(
  { path, permissions, ownerId }: OwnedDirectory,
  userId: number | undefined,
): void {
  if (userId === undefined || ownerId === userId || ownerId === ROOT_USER) return;
  if ((permissions & SHARED) === SHARED) return;
  const who = userId === ROOT_USER ? 'root' : `user ${userId}`;
  throw new CoreError(
    'PERMISSION_DENIED',
    `${path} belongs to user ${ownerId}: ${who} may read it, but not write`,
    {
      details: { path, ownerId, userId },
      suggestion:
        userId === ROOT_USER
          ? `Files of root would shut its owner out. Run it as the owner: setpriv --reuid=${ownerId} --clear-groups spool …, or sudo -u '#${ownerId}' spool …`
          : `To share it with a group, its owner makes it setgid: chmod 2770 ${path}`,
    },
  );
}
