/** A command that moves positions: it plans, shows the plan, asks, does exactly that, and says so. */
import { type CoreError, isCoreError } from '../../core/errors.js';
import type { GroupMove, GroupMovePlan, Groups } from '../../core/index.js';
import type { View } from '../../view/look.js';
import { PLAIN_LOOK } from '../../view/look.js';
import { givenUpText } from '../../view/group-batch.js';
import {
  type MoveDocument,
  clampTexts,
  createdText,
  isMove,
  moveDocument,
  movedText,
  movePreview,
  moveQuestion,
  moveView,
  nothingToDoText,
} from '../../view/group-move.js';
import { GroupCommand } from './group-command.js';

export interface MoveRequest {
  readonly group: string;
  readonly move: GroupMove;
  readonly yes: boolean;
  readonly dryRun: boolean;
  /** Of the plan, and of what was done. [default: a table, of a dry run alone] */
  readonly view?: View<MoveDocument>;
}

export abstract class GroupMoveCommand extends GroupCommand {
  protected async moveGroup(groups: Groups, request: MoveRequest): Promise<void> {
    const { group, move, dryRun, view = moveView } = request;
    const plan = await groups.planMove(group, move);
    const missing = await whyMissing(groups, group);
    // Where a group begins has to be said; a name that was mistyped says nothing.
    if (missing !== undefined && plan.offsets.length === 0) throw missing;
    const isNew = missing !== undefined;
    const planned = moveDocument(plan, { dryRun, isNew });
    for (const text of clampTexts(planned)) this.warn(text);
    if (!isMove(planned)) this.noteOnTerminal(nothingToDoText(planned));
    if (dryRun || !isMove(planned)) return this.show(planned, view);
    if (!request.yes) this.noteOnTerminal(movePreview(planned, PLAIN_LOOK).trimEnd());
    if (!(await this.confirm(moveQuestion(planned), request))) return;
    const done = await groups.move(group, confirmedMove(move, plan));
    const moved = carriedOut(planned, moveDocument(done, { dryRun, isNew }));
    this.#sayMoved(moved, done);
    await this.show(moved, view);
  }

  #sayMoved(moved: MoveDocument, done: GroupMovePlan): void {
    const { group, isNew, clearedPending } = moved;
    const text = isNew ? createdText(moved) : movedText(group, done.offsets, done);
    if (text !== undefined) this.noteOnTerminal(text);
    // Work that will not be repeated is news for whoever reads the log of a cron job, too.
    for (const batch of clearedPending) this.note(givenUpText(group, batch));
  }
}

/** undefined: there is such a group. */
async function whyMissing(groups: Groups, group: string): Promise<CoreError | undefined> {
  try {
    await groups.describe(group);
    return undefined;
  } catch (error) {
    if (isCoreError(error, 'GROUP_ID_NOT_FOUND')) return error;
    throw error;
  }
}

/** A plan that was clamped, or a seek, is carried out as a list of offsets; it is shown as what it was. */
function carriedOut(planned: MoveDocument, done: MoveDocument): MoveDocument {
  const partitions = done.partitions.map((moved, at) => ({
    ...moved,
    clampedFrom: planned.partitions[at]?.clampedFrom ?? moved.clampedFrom,
  }));
  return { ...done, reason: planned.reason, partitions };
}

/** Exactly what was planned and confirmed, though `end` or `-1h` may be elsewhere by now. */
function confirmedMove(move: GroupMove, plan: GroupMovePlan): GroupMove {
  if (move.kind !== 'seek' && move.kind !== 'shift') return move;
  const offsets = plan.offsets.flatMap(({ topic, partition, toOffset }) =>
    toOffset === null ? [] : [{ topic, partition, offset: toOffset }],
  );
  return { kind: 'offsets', offsets, clamp: true };
}
