/** Where groups stand, as a place in a partition that any command can name: `group:load`. */
import { CoreError } from '../errors.js';
import type { Position } from '../consumer/position.js';
import type { Environment } from '../fs/environment.js';
import { type GroupState, committedOffset } from '../group/group-state.js';
import { GroupStore } from '../group/group-store.js';
import type { DataDirectory } from '../topic/data-directory.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import { noPosition, unknownGroup } from './group-move-plan.js';

export class GroupPositions {
  readonly #store: GroupStore;
  readonly #states = new Map<string, GroupState>();

  constructor(env: Environment, directory: DataDirectory) {
    this.#store = new GroupStore(env, directory);
  }

  /**
   * The offset that `position` means there; undefined if it names no group. GROUP_ID_NOT_FOUND,
   * OFFSET_OUT_OF_RANGE if the group has no position in the partition.
   */
  offsetOf(
    position: Position | undefined,
    place: TopicPartition & { readonly topicId: string },
  ): number | undefined {
    if (position?.kind !== 'group') return undefined;
    if (position.group === undefined) {
      throw new CoreError('INVALID_ARGUMENT', 'the position "group" does not say which group', {
        suggestion: 'name it: group:load',
      });
    }
    const found = committedOffset(this.#read(position.group), place);
    if (found?.topicId === place.topicId) return found.offset;
    throw noPosition(position.group, place);
  }

  #read(group: string): GroupState {
    let state = this.#states.get(group);
    if (state === undefined) {
      state = this.#store.read(group);
      const names = (): string[] => this.#store.list().states.map((each) => each.group);
      if (state === undefined) throw unknownGroup(group, names());
      this.#states.set(group, state);
    }
    return state;
  }
}
