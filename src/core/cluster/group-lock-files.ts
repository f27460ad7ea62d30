/** The files that are locked while a group is changed, or a member takes part in it. */
import { join } from 'node:path';
import type { CoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { LockHolder } from '../fs/lock-holder.js';
import { groupFileName, groupOfFileName, isGroupFileName } from '../group/group-name.js';
import { GroupStore } from '../group/group-store.js';
import { readMemberFile } from '../group/member-file.js';
import type { DataDirectory } from '../topic/data-directory.js';
import { readLockHolder } from '../topic/owned-lock.js';

export interface GroupLockFile {
  readonly group: string;
  /** undefined: the lock is on the whole group. */
  readonly memberId: string | undefined;
  readonly path: string;
  /** Who holds it, as the file says; with the command that the member has started. */
  readonly readHolder: () => {
    readonly holder: LockHolder | undefined;
    readonly childPid: number | undefined;
  };
}

export interface GroupLockFiles {
  /** Groups by name, then members by group. */
  readonly files: readonly GroupLockFile[];
  /** Groups that cannot be read: one error each. */
  readonly failures: readonly CoreError[];
}

export function groupLockFiles(env: Environment, directory: DataDirectory): GroupLockFiles {
  const store = new GroupStore(env, directory);
  const { states, failures } = store.list();
  const names = new Map(states.map(({ group }) => [groupFileName(group), group]));
  const { groupLocks } = directory.paths;
  const ofGroups = env.fs
    .list(groupLocks)
    .filter(isGroupFileName)
    .sort()
    .map((name): GroupLockFile => {
      const path = join(groupLocks, name);
      return {
        // Of a long name that is no group's (yet) only the hash is known.
        group: names.get(name) ?? groupOfFileName(name) ?? name,
        memberId: undefined,
        path,
        readHolder: () => ({ holder: readOwner(env, path), childPid: undefined }),
      };
    });
  const ofMembers = states.flatMap(({ group, members }) =>
    members.map(({ memberId }): GroupLockFile => {
      const path = join(store.membersFolder(group), memberId);
      return {
        group,
        memberId,
        path,
        readHolder: () => {
          const holder = readMemberFile(env.fs, path);
          return { holder, childPid: holder?.child?.pid };
        },
      };
    }),
  );
  return { files: [...ofGroups, ...ofMembers], failures };
}

function readOwner({ fs }: Environment, path: string): LockHolder | undefined {
  const file = fs.open(path, 'read');
  try {
    return readLockHolder(file);
  } finally {
    file.close();
  }
}
