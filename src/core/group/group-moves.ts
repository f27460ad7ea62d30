/**
 * Moving a group's positions, and taking moves back. Moves form a stack: the newest one is the first to
 * be undone, and then each of its partitions stands where the one before it has left it. What could not
 * be undone in this way is not kept: entries of a topic that was deleted and made anew, and of offsets
 * that were removed.
 */
import { assert } from '../assert.js';
import type { TopicPartition } from '../topic/topic-partition.js';
import {
  type CommittedOffset,
  type GroupState,
  type Move,
  type MovedOffset,
  type MoveReason,
  type PendingBatch,
  committedAt,
  committedOffset,
  partitionKey,
  sharesPartition,
  withOffsets,
} from './group-state.js';

/** A day of hourly runs, nearly; each commit writes them all again. */
const MOVES_MAX = 20;
/** In all of them together: some 200 KB. The newest move is kept whole even if it has more. */
const MOVED_OFFSETS_MAX = 2000;

export interface MoveRequest {
  readonly reason: MoveReason;
  /** null: a person. */
  readonly memberId: string | null;
  readonly atMs: number;
  /** The batch that ends with it, by its id: it is removed, and not counted as given up. */
  readonly finishing?: string;
  /** Whether it is one move with the one before, if the same member has read on there. */
  readonly merge?: boolean;
}

export interface MoveResult {
  readonly state: GroupState;
  /** Those that stand elsewhere now. */
  readonly moved: MovedOffset[];
  /** Batches that are given up, because a partition of theirs was moved away from under them. */
  readonly cleared: PendingBatch[];
}

export interface UndoResult extends MoveResult {
  /** What was taken back; `moved` is the way back. */
  readonly move: Move;
}

/** Sets `offsets`. Where one stands there already it is no move, but its time and metadata are new. */
export function applyMove(
  state: GroupState,
  offsets: readonly CommittedOffset[],
  { reason, memberId, atMs, finishing, merge = false }: MoveRequest,
): MoveResult {
  const moved = offsets.flatMap((offset) => moveTo(state, offset) ?? []);
  // A person who moves a group means the batches there, too, also where it stands already.
  const { kept, cleared } = clearPending(state, memberId === null ? offsets : moved, finishing);
  if (offsets.length === 0 && kept.length === state.pending.length) {
    return { state, moved, cleared };
  }
  const moves = withMove(state.moves, { atMs, reason, memberId, offsets: moved }, merge);
  return { state: { ...withOffsets(state, offsets), pending: kept, moves }, moved, cleared };
}

/** What `applyUndo` takes back: the newest move; undefined if none is known. */
export function planUndo(state: GroupState): Move | undefined {
  return state.moves.at(-1);
}

/**
 * Each partition goes back to where the newest move has found it; where there was nothing, its position
 * is removed. The move is forgotten, so that the next undo goes back further. undefined if there is none.
 */
export function applyUndo(state: GroupState, atMs: number): UndoResult | undefined {
  const move = planUndo(state);
  if (move === undefined) return undefined;
  const moved = move.offsets.map((entry): MovedOffset => {
    const stands = offsetIn(state, entry);
    assert(stands === entry.toOffset, `${partitionKey(entry)} is not where it was moved to`);
    return { ...entry, fromOffset: entry.toOffset, toOffset: entry.fromOffset };
  });
  const { kept, cleared } = clearPending(state, moved);
  const restored = moved.flatMap((entry) => committedBy(entry, atMs) ?? []);
  const removed = moved.filter(({ toOffset }) => toOffset === null);
  const { offsets } = withOffsets(withoutOffsets(state, removed), restored);
  const next = { ...state, offsets, pending: kept, moves: state.moves.slice(0, -1) };
  return { state: next, move, moved, cleared };
}

/**
 * Forgets where these partitions stand, for offsets that have expired: no move, and nothing to undo. The
 * same object if there is nothing to forget. None of them may be in a pending batch.
 */
export function removeOffsets(
  state: GroupState,
  partitions: readonly TopicPartition[],
): GroupState {
  const keys = keysOf(partitions);
  assert(!state.pending.some((batch) => sharesPartition(batch, keys)), 'a batch is pending there');
  const without = withoutOffsets(state, partitions);
  if (without.offsets.length === state.offsets.length) return state;
  return { ...without, moves: forget(state.moves, (entry) => keys.has(partitionKey(entry))) };
}

/** undefined if it stands there already. */
function moveTo(state: GroupState, offset: CommittedOffset): MovedOffset | undefined {
  const { topic, topicId, partition } = offset;
  const fromOffset = offsetIn(state, offset);
  if (fromOffset === offset.offset) return undefined;
  return { topic, topicId, partition, fromOffset, toOffset: offset.offset };
}

/** A position in a deleted topic of the same name is none. */
function offsetIn(
  state: GroupState,
  place: TopicPartition & { readonly topicId: string },
): number | null {
  const found = committedOffset(state, place);
  return found?.topicId === place.topicId ? found.offset : null;
}

/** undefined where the position is taken away. */
export function committedBy(entry: MovedOffset, committedMs: number): CommittedOffset | undefined {
  const { toOffset: offset } = entry;
  return offset === null ? undefined : committedAt(entry, { offset, committedMs });
}

function clearPending(
  { pending }: GroupState,
  places: readonly TopicPartition[],
  finishing?: string,
): { readonly kept: PendingBatch[]; readonly cleared: PendingBatch[] } {
  const keys = keysOf(places);
  const unfinished = pending.filter(({ id }) => id !== finishing);
  return {
    kept: unfinished.filter((batch) => !sharesPartition(batch, keys)),
    cleared: unfinished.filter((batch) => sharesPartition(batch, keys)),
  };
}

function withMove(moves: readonly Move[], move: Move, merge: boolean): readonly Move[] {
  if (move.offsets.length === 0) return moves;
  const topicIds = new Map(move.offsets.map((entry) => [partitionKey(entry), entry.topicId]));
  const possible = forget(moves, (entry) => {
    const topicId = topicIds.get(partitionKey(entry));
    return topicId !== undefined && topicId !== entry.topicId;
  });
  const last = possible.at(-1);
  if (merge && last !== undefined && canMerge(last, move)) {
    return bound([...possible.slice(0, -1), mergeMoves(last, move)]);
  }
  return bound([...possible, move]);
}

function canMerge(last: Move, next: Move): boolean {
  const isReading = last.reason === 'consume' && next.reason === 'consume';
  if (!isReading || last.memberId === null || last.memberId !== next.memberId) return false;
  const ends = new Map(last.offsets.map((entry) => [partitionKey(entry), entry.toOffset]));
  return next.offsets.every((entry) => {
    const end = ends.get(partitionKey(entry));
    return end === undefined || end === entry.fromOffset;
  });
}

function mergeMoves(last: Move, next: Move): Move {
  const merged = new Map(last.offsets.map((entry) => [partitionKey(entry), entry]));
  for (const entry of next.offsets) {
    const { fromOffset } = merged.get(partitionKey(entry)) ?? entry;
    merged.set(partitionKey(entry), { ...entry, fromOffset });
  }
  return { ...next, offsets: [...merged.values()] };
}

/** Without the oldest ones, as many as are too many. */
function bound(moves: readonly Move[]): readonly Move[] {
  let count = 0;
  const isKept = (move: Move, age: number): boolean => {
    count += move.offsets.length;
    return age === 0 || (age < MOVES_MAX && count <= MOVED_OFFSETS_MAX);
  };
  const tooOld = moves.toReversed().findIndex((move, age) => !isKept(move, age));
  return tooOld === -1 ? moves : moves.slice(moves.length - tooOld);
}

function forget(moves: readonly Move[], isForgotten: (entry: MovedOffset) => boolean): Move[] {
  return moves
    .map((move) => ({ ...move, offsets: move.offsets.filter((entry) => !isForgotten(entry)) }))
    .filter(({ offsets }) => offsets.length > 0);
}

function withoutOffsets(state: GroupState, partitions: readonly TopicPartition[]): GroupState {
  const keys = keysOf(partitions);
  return { ...state, offsets: state.offsets.filter((entry) => !keys.has(partitionKey(entry))) };
}

function keysOf(partitions: readonly TopicPartition[]): ReadonlySet<string> {
  return new Set(partitions.map(partitionKey));
}
