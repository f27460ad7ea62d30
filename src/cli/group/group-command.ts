/** A command about consumer groups. */
import { CoreError, isCoreError } from '../../core/errors.js';
import type { Groups } from '../../core/index.js';
import { ClusterCommand } from '../cluster-command.js';
import { compileGlob, isGlob } from '../grammar/glob.js';

const SHOWN_NAMES = 20;

export abstract class GroupCommand extends ClusterCommand {
  protected async openGroups(): Promise<Groups> {
    return (await this.openCluster()).openGroups();
  }

  /**
   * The groups that the words name, each once: a name stands for itself (whether there is such a group
   * is seen when it is used), a glob for all that match. A glob that matches none, and groups that it
   * may mean but that cannot be read, are reported as failed targets.
   */
  protected async groupsNamed(groups: Groups, words: readonly string[]): Promise<string[]> {
    if (!words.some(isGlob)) return [...new Set(words)];
    const existing = await this.readableGroups(groups);
    const names = await this.forEachTarget(words, (word) => namesOf(word, existing));
    return [...new Set(names.flat())];
  }

  /** All names. Groups that cannot be read are reported as failed targets. */
  protected async readableGroups(groups: Groups): Promise<readonly string[]> {
    const { names, failures } = await groups.list();
    await this.forEachTarget(failures, (failure) => Promise.reject(failure));
    return names;
  }

  /** Somebody who left out the group is told which ones there are. */
  protected override async hintForMissing(argument: string): Promise<string | undefined> {
    if (argument !== 'group') return super.hintForMissing(argument);
    try {
      const { names } = await (await this.openGroups()).list();
      return names.length === 0 ? undefined : `groups: ${names.slice(0, SHOWN_NAMES).join(' ')}`;
    } catch (error) {
      if (isCoreError(error)) return undefined;
      throw error;
    }
  }
}

function namesOf(word: string, existing: readonly string[]): readonly string[] {
  // A group may have any name, also one that looks like a pattern.
  if (existing.includes(word) || !isGlob(word)) return [word];
  const found = existing.filter(compileGlob(word));
  if (found.length > 0) return found;
  throw new CoreError('GROUP_ID_NOT_FOUND', `no group matches ${word}`, {
    details: { pattern: word, groups: existing },
    suggestion: 'spool group list shows what there is',
  });
}
