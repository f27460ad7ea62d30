/**
 * What of one `.log` is good, in which order, and what is not. Reads all of it and writes nothing.
 *
 * A batch is kept where its checksum is right, its records can be decoded and its offset is certain: it
 * follows the batch before it, or the batches around it leave exactly one place for it. Everything else
 * is a bad place. A batch that could be at two offsets is a bad place too: a reader that is told of a
 * loss can look for the copy; one that finds a record at another record's offset cannot know.
 */
import { MIN_OLD_MESSAGE_BYTES, NO_LEADER_EPOCH } from '../batch/format.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanStop } from '../segment/batch-scanner.js';
import { goodBatchesFrom } from '../segment/good-batch.js';
import type { LeaderEpochEntry } from './leader-epoch-checkpoint.js';
import { isOldMessage } from '../segment/old-message.js';
import { type BatchFacts, factsOf, matchByChecksum, uncheckedBytes } from './repair-batch.js';
import { claimAt, recordsPerByteMax } from './repair-claims.js';
import { baseOffsetAt, nextGoodBatch } from './repair-search.js';

export interface SalvageQuestion {
  readonly baseOffset: number;
  /** Base offset of the segment behind it; undefined for the last one. */
  readonly nextBase: number | undefined;
  /** Offsets may be missing between batches, as compaction leaves them. */
  readonly allowGaps: boolean;
  /** Nothing at or behind this position is looked at. */
  readonly endPosition?: number | undefined;
}

/** Bytes to take over as they are, but for the fields before the checksum where `header` has them. */
export interface Extent {
  readonly position: number;
  readonly endPosition: number;
  readonly header: Uint8Array | undefined;
}

/** Good batches without a missing offset between them. */
export interface SalvagedRun {
  readonly firstOffset: number;
  /** Exclusive. */
  endOffset: number;
  readonly firstTimestamp: number;
  lastTimestamp: number;
  readonly extents: Extent[];
}

export interface BadPlace {
  readonly position: number;
  readonly endPosition: number;
  readonly reason: string;
  /** The offset that was due there. */
  readonly offset: number;
  /** Offsets that were given out in it, where its header still says; undefined where nothing does. */
  readonly offsetCount: number | undefined;
  /** Never acknowledged: the offsets of its records were given out before. */
  readonly isGhost: boolean;
}

export interface MendedBatch {
  readonly position: number;
  readonly offset: number;
}

export interface Salvage {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly runs: readonly SalvagedRun[];
  readonly badPlaces: readonly BadPlace[];
  readonly mended: readonly MendedBatch[];
  /** Exclusive: behind the last good batch. */
  readonly endOffset: number;
  /** No more records than this can have been in a byte that is lost. */
  readonly recordsPerByteMax: number;
  readonly leaderEpochs: readonly LeaderEpochEntry[];
  /** Why nothing of it may be changed. */
  readonly refusal: string | undefined;
}

const STEP_BYTES = 4 * 1024 * 1024;
/** Places where a batch of a wrong length may end; the first one is nearly always right. */
const ENDS_MAX = 16;

/** Yields the bytes that were read since it last did. */
export function* salvageLog(log: File, question: SalvageQuestion): Generator<number, Salvage> {
  const walk = new Walk(log, question);
  yield* walk.run();
  return walk.result();
}

class Walk {
  readonly #log: File;
  readonly #question: SalvageQuestion;
  readonly #sizeBytes: number;
  readonly #limit: number;
  readonly #scanner: BatchScanner;
  readonly #runs: SalvagedRun[] = [];
  readonly #badPlaces: BadPlace[] = [];
  readonly #mended: MendedBatch[] = [];
  readonly #leaderEpochs: LeaderEpochEntry[] = [];
  readonly #codecIds = new Set<number>();
  #expected: number;
  /** Bad bytes since the last batch that was kept. */
  #lostBytes = 0;
  #refusal: string | undefined;

  constructor(log: File, question: SalvageQuestion) {
    this.#log = log;
    this.#question = question;
    this.#sizeBytes = Math.min(log.stat().sizeBytes, question.endPosition ?? Infinity);
    this.#limit = question.nextBase ?? Infinity;
    this.#expected = question.baseOffset;
    this.#scanner = new BatchScanner(log, this.#from(0));
  }

  result(): Salvage {
    return {
      baseOffset: this.#question.baseOffset,
      sizeBytes: this.#sizeBytes,
      runs: this.#runs,
      badPlaces: this.#badPlaces,
      mended: this.#mended,
      endOffset: this.#expected,
      recordsPerByteMax: recordsPerByteMax(this.#codecIds),
      leaderEpochs: this.#leaderEpochs,
      refusal: this.#refusal,
    };
  }

  *run(): Generator<number, void> {
    let reported = 0;
    for (;;) {
      while (this.#refusal === undefined && this.#scanner.next()) {
        const { bytes, at, position, nextPosition } = this.#scanner;
        this.#judge(factsOf(bytes, at, position), false);
        if (nextPosition - reported < STEP_BYTES) continue;
        yield nextPosition - reported;
        reported = nextPosition;
      }
      const { stop } = this.#scanner;
      if (this.#refusal !== undefined || stop === undefined || stop.kind === 'end') break;
      const goesOnAt = this.#passOver(stop);
      if (goesOnAt === undefined) break;
      this.#scanner.restart(this.#from(goesOnAt));
    }
    yield this.#sizeBytes - reported;
  }

  #from(startPosition: number) {
    return { startPosition, endPosition: this.#sizeBytes, checkCrcFrom: 0 };
  }

  /** A batch with a right checksum: kept, or a bad place. */
  #judge(batch: BatchFacts, isMended: boolean): void {
    const baseOffset = this.#placeOf(batch);
    if (!batch.isDecodable) {
      this.#bad(batch, 'the records cannot be decoded');
    } else if (baseOffset === undefined) {
      const isGhost = !isMended && batch.baseOffset < this.#expected;
      this.#bad(batch, `offset ${batch.baseOffset} where ${this.#expected} was due`, isGhost);
    } else if (baseOffset + batch.offsetCount > this.#limit) {
      this.#refusal = `goes on past offset ${this.#limit}, where the next segment begins`;
    } else this.#keep({ ...batch, baseOffset }, isMended || baseOffset !== batch.baseOffset);
  }

  /** The offset that the batch begins at, if there is only one; what it says itself may be wrong. */
  #placeOf({ baseOffset, offsetCount, endPosition }: BatchFacts): number | undefined {
    const due = this.#expected;
    if (baseOffset === due || (this.#question.allowGaps && baseOffset > due)) return baseOffset;
    const behind =
      endPosition === this.#sizeBytes
        ? this.#question.nextBase
        : baseOffsetAt(this.#log, endPosition);
    if (behind !== undefined && behind - offsetCount === due) return due;
    if (baseOffset < due) return undefined;
    const endOffset = baseOffset + offsetCount;
    if (behind === endOffset) return baseOffset;
    // Behind lost bytes offsets are missing: any that they can have held, and that fit before the rest.
    const isPossible =
      endOffset <= this.#limit &&
      (this.#question.nextBase !== undefined || baseOffset - due <= this.#lostRecordsMax);
    const fits = behind === undefined || behind >= endOffset;
    return this.#lostBytes > 0 && isPossible && fits ? baseOffset : undefined;
  }

  get #lostRecordsMax(): number {
    return Math.ceil(this.#lostBytes * recordsPerByteMax(this.#codecIds));
  }

  #keep(batch: BatchFacts, isMended: boolean): void {
    const { baseOffset, position, endPosition } = batch;
    // An impossible epoch is put right along the way; no batch is lost for it.
    const hasBadEpoch = batch.leaderEpoch < NO_LEADER_EPOCH;
    const leaderEpoch = hasBadEpoch ? (this.#leaderEpochs.at(-1)?.epoch ?? 0) : batch.leaderEpoch;
    const sizeBytes = endPosition - position;
    const header =
      isMended || hasBadEpoch ? uncheckedBytes({ baseOffset, sizeBytes, leaderEpoch }) : undefined;
    if (header !== undefined) this.#mended.push({ position, offset: baseOffset });
    this.#seeEpoch(leaderEpoch, baseOffset);
    this.#codecIds.add(batch.codecId);
    this.#extendRun(batch, header);
    this.#expected = baseOffset + batch.offsetCount;
    this.#lostBytes = 0;
  }

  #seeEpoch(epoch: number, startOffset: number): void {
    const last = this.#leaderEpochs.at(-1)?.epoch ?? NO_LEADER_EPOCH;
    if (epoch > last) this.#leaderEpochs.push({ epoch, startOffset });
  }

  #extendRun(batch: BatchFacts, header: Uint8Array | undefined): void {
    const { position, endPosition, baseOffset, offsetCount } = batch;
    const { firstTimestamp, maxTimestamp } = batch;
    let run = this.#runs.at(-1);
    if (run === undefined || (run.endOffset !== baseOffset && !this.#question.allowGaps)) {
      run = {
        firstOffset: baseOffset,
        endOffset: baseOffset,
        firstTimestamp,
        lastTimestamp: maxTimestamp,
        extents: [],
      };
      this.#runs.push(run);
    }
    run.endOffset = baseOffset + offsetCount;
    run.lastTimestamp = maxTimestamp;
    const last = run.extents.at(-1);
    const isPlain = header === undefined && last?.header === undefined;
    if (last !== undefined && isPlain && last.endPosition === position) {
      run.extents[run.extents.length - 1] = { ...last, endPosition };
    } else run.extents.push({ position, endPosition, header });
  }

  #bad(
    place: { readonly position: number; readonly endPosition: number },
    reason: string,
    isGhost = false,
  ): void {
    const { position, endPosition } = place;
    const claim = claimAt(this.#log, position);
    const offsetCount = claim?.endPosition === endPosition ? claim.offsetCount : undefined;
    const offset = this.#expected;
    this.#badPlaces.push({ position, endPosition, reason, offset, offsetCount, isGhost });
    if (!isGhost) this.#lostBytes += endPosition - position;
  }

  /** A place that is no whole batch. Where to go on; undefined where nothing good follows. */
  #passOver({ position, reason }: ScanStop): number | undefined {
    const limits = { minOffset: this.#expected, endOffset: this.#limit };
    if (this.#sizeBytes - position >= MIN_OLD_MESSAGE_BYTES && isOldMessage(this.#log, position)) {
      this.#refusal = 'holds records of a message format before v2';
      return undefined;
    }
    const match = matchByChecksum(this.#log, position, this.#endsBehind(position));
    if (match !== undefined) {
      this.#judge(match, true);
      return match.endPosition;
    }
    const goesOnAt =
      nextGoodBatch(this.#log, position, limits) ?? claimAt(this.#log, position)?.endPosition;
    this.#bad({ position, endPosition: goesOnAt ?? this.#sizeBytes }, reason);
    return goesOnAt;
  }

  /** Where a batch may end whose length is not to be believed: where another begins, or all ends. */
  *#endsBehind(position: number): Generator<number, void> {
    const limits = { minOffset: 0, endOffset: Infinity };
    let count = 0;
    for (const endPosition of goodBatchesFrom(this.#log, position + 1, limits)) {
      yield endPosition;
      if (++count === ENDS_MAX) break;
    }
    yield this.#sizeBytes;
  }
}

/** Whether a reader or a broker could meet something in it that is wrong. */
export function isDamaged({ baseOffset, runs, badPlaces, mended }: Salvage): boolean {
  if (mended.length > 0 || badPlaces.some(({ isGhost }) => !isGhost)) return true;
  return runs.length > 1 || (runs[0]?.firstOffset ?? baseOffset) !== baseOffset;
}

/** The bad places that the log ends in, behind its last good batch. */
export function badTail({ sizeBytes, badPlaces }: Salvage): BadPlace[] {
  let position = sizeBytes;
  const tail: BadPlace[] = [];
  for (const place of badPlaces.toReversed()) {
    if (place.isGhost || place.endPosition !== position) break;
    tail.push(place);
    position = place.position;
  }
  return tail;
}
