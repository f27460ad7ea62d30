/**
 * Reads one segment from its first byte to its last and compares everything with everything: the
 * checksum of each batch, the records inside, the offsets from batch to batch, both indexes.
 *
 * A bad place does not end it: it goes on at the next good batch, so one run finds all the damage. The
 * indexes and the known position on disk are looked at before the log, because a writer that is at work
 * changes them after it. What it reports may still be a change under way: see verify-log.ts.
 */
import type { RecordBatch } from '../batch/record-batch.js';
import type { File } from '../fs/file-system.js';
import { BatchScanner, type ScanOptions, type ScanStop } from '../segment/batch-scanner.js';
import { findGoodBatch } from '../segment/good-batch.js';
import { SegmentTail } from '../segment/segment-tail.js';
import { openSegmentLog } from '../segment/segment.js';
import { type TailContext, judgeTail } from '../segment/tail-verdict.js';
import type { LeaderEpochEntry } from './leader-epoch-checkpoint.js';
import type { LogView } from './log-view.js';
import { FileFindings, type Finding } from './verify-finding.js';
import { LeaderEpochCheck } from './verify-leader-epochs.js';
import { RecordsCheck } from './verify-records.js';
import { SegmentIndexes } from './verify-segment-indexes.js';

export interface SegmentQuestion {
  readonly baseOffset: number;
  /** No segment follows it: its end may be unfinished. */
  readonly isLast: boolean;
  readonly leaderEpochs: readonly LeaderEpochEntry[] | undefined;
}

export interface SegmentVerification {
  readonly batches: number;
  readonly records: number;
  /** Of the `.log`. */
  readonly sizeBytes: number;
  /** Exclusive: the offset behind the last good batch. */
  readonly endOffset: number;
  /** Where the segment ends is not certain, so neither is what must follow it. */
  readonly hasUncertainEnd: boolean;
  /** The last segment ends in an append that is under way, or was torn. */
  readonly hasUnfinishedEnd: boolean;
  readonly findings: readonly Finding[];
}

/** Two of these pass between a Ctrl-C and its effect, at most. */
const STEP_BYTES = 4 * 1024 * 1024;

/** Looking for the origin of a ghost reads the segment again: beyond these, they are damage. */
const GHOSTS_MAX = 10;

/** Behind its last byte nothing is under way. */
const SEALED: TailContext = { syncedPosition: Infinity, afterPowerCut: false };

/** Yields the bytes that were read since it last did. FILE_NOT_FOUND if the segment is gone. */
export function* verifySegment(
  view: LogView,
  question: SegmentQuestion,
): Generator<number, SegmentVerification> {
  const check = new SegmentCheck(view, question);
  try {
    yield* check.run();
    return check.result();
  } finally {
    check.close();
  }
}

interface PendingDamage {
  readonly stop: ScanStop;
  /** The offset that was due there. */
  readonly offset: number;
}

class SegmentCheck {
  readonly #question: SegmentQuestion;
  readonly #allowGaps: boolean;
  readonly #log: File;
  readonly #sizeBytes: number;
  /** Bytes that are known to be on disk. */
  readonly #syncedBytes: number;
  readonly #context: TailContext;
  /** Nobody here has ever written to the partition: what a folder holds that was put there counts. */
  readonly #isAdopted: boolean;
  readonly #findings: FileFindings;
  readonly #indexes: SegmentIndexes;
  readonly #epochs: LeaderEpochCheck;
  readonly #recordsCheck: RecordsCheck;
  readonly #scanner: BatchScanner;
  /** Ghosts are not counted in: it ends with the last good batch. */
  readonly #tail: SegmentTail;
  #batches = 0;
  #records = 0;
  #ghosts = 0;
  #firstGhost: { readonly position: number; readonly offset: number } | undefined;
  /** Damage that is not reported yet: the batches behind it tell what it cost. */
  #pending: PendingDamage | undefined;
  #endPosition: number;
  #hasUncertainEnd = false;

  constructor(view: LogView, question: SegmentQuestion) {
    const { fs, location, allowGaps } = view;
    const { baseOffset, isLast, leaderEpochs } = question;
    this.#question = question;
    this.#allowGaps = allowGaps;
    const context = view.tailContext(baseOffset);
    this.#syncedBytes = context.syncedPosition;
    this.#context = isLast ? context : SEALED;
    this.#isAdopted = isLast && view.control()?.isEstablished === false;
    this.#indexes = new SegmentIndexes(fs, location.directory, baseOffset);
    this.#log = openSegmentLog(fs, location.directory, baseOffset);
    this.#sizeBytes = this.#log.stat().sizeBytes;
    this.#endPosition = this.#sizeBytes;
    this.#findings = new FileFindings(this.#log.path);
    this.#epochs = new LeaderEpochCheck(leaderEpochs, this.#findings);
    this.#recordsCheck = new RecordsCheck(this.#findings, { allowGaps });
    this.#tail = new SegmentTail(baseOffset);
    this.#scanner = new BatchScanner(this.#log, this.#scanFrom(0, baseOffset));
  }

  close(): void {
    this.#log.close();
  }

  result(): SegmentVerification {
    return {
      batches: this.#batches,
      records: this.#records,
      sizeBytes: this.#sizeBytes,
      endOffset: this.#tail.nextOffset,
      hasUncertainEnd: this.#hasUncertainEnd,
      hasUnfinishedEnd: this.#endPosition < this.#sizeBytes,
      findings: [...this.#findings.list, ...this.#indexes.findings],
    };
  }

  *run(): Generator<number, void> {
    let reported = 0;
    let stop: ScanStop | undefined;
    do {
      while (this.#scanner.next()) {
        if (!this.#accept(this.#scanner.batch, this.#scanner.position)) break;
        if (this.#scanner.nextPosition - reported < STEP_BYTES) continue;
        yield this.#scanner.nextPosition - reported;
        reported = this.#scanner.nextPosition;
      }
      stop = this.#scanner.stop;
    } while (stop !== undefined && stop.kind !== 'end' && this.#goOnBehind(stop));
    this.#finish();
    yield this.#sizeBytes - reported;
  }

  #scanFrom(startPosition: number, expectedOffset: number | undefined): ScanOptions {
    const options = { startPosition, endPosition: this.#sizeBytes, checkCrcFrom: 0 };
    if (expectedOffset === undefined || this.#allowGaps) return options;
    return { ...options, expectedOffset };
  }

  /** False for a batch that a power cut has torn: it is the end. */
  #accept(batch: RecordBatch, position: number): boolean {
    const { baseOffset, lastOffset, maxTimestamp, sizeBytes } = batch;
    const { at, bytes } = this.#scanner;
    this.#batches++;
    this.#records += this.#recordsCheck.see(bytes, at, position);
    this.#epochs.see(position, baseOffset, batch.partitionLeaderEpoch);
    if (baseOffset < this.#tail.nextOffset && !this.#refutesGap(baseOffset)) {
      return this.#seeGhost(position, baseOffset);
    }
    this.#settlePending(batch, position);
    this.#tail.add({ position, sizeBytes, lastOffset, maxTimestamp }, Infinity);
    if (!this.#allowGaps) this.#scanner.expectedOffset = lastOffset + 1;
    this.#indexes.see(position, batch);
    return true;
  }

  /** After missing offsets: a batch that fits before them shows that one base offset alone was wrong. */
  #refutesGap(baseOffset: number): boolean {
    const pending = this.#pending;
    return pending?.stop.kind === 'gap' && baseOffset >= pending.offset;
  }

  #settlePending({ baseOffset }: RecordBatch, position: number): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const isGap = pending.stop.kind === 'gap';
    // The batch behind missing offsets cannot tell whether they are: the one behind it can.
    if (isGap && position === pending.stop.position) return;
    if (isGap && baseOffset < this.#tail.nextOffset) {
      this.#reportPending(`wrong base offset: ${pending.offset} was due`);
    } else if (!isGap && baseOffset > pending.offset) {
      const lost = `offsets ${pending.offset} to ${baseOffset - 1} cannot be read`;
      this.#reportPending(`${pending.stop.reason}; ${lost}`);
    } else this.#reportPending();
  }

  #reportPending(reason = this.#pending?.stop.reason): void {
    if (this.#pending === undefined || reason === undefined) return;
    const { stop, offset } = this.#pending;
    this.#findings.damage(reason, { position: stop.position, offset });
    this.#pending = undefined;
  }

  /**
   * A batch whose offsets were given out before. A writer that had lost its lock stood at the end of
   * some batch, so its own begins where another one does; anything else is a wrong base offset.
   */
  #seeGhost(position: number, offset: number): boolean {
    const isGhost = this.#ghosts < GHOSTS_MAX && hasBatchAt(this.#log, offset, position);
    if (isGhost) {
      this.#ghosts++;
      this.#firstGhost ??= { position, offset };
      return true;
    }
    const reason = `offset ${offset} where ${this.#tail.nextOffset} was due`;
    const stop: ScanStop = { kind: 'gap', position, reason };
    if (this.#isUnfinished(stop)) return this.#goOnBehind(stop);
    this.#findings.damage(reason, { position, offset });
    return true;
  }

  /** False where nothing more can be read. */
  #goOnBehind(stop: ScanStop): boolean {
    const { nextOffset } = this.#tail;
    const { position, kind, reason } = stop;
    this.#reportPending();
    if (this.#isUnfinished(stop)) {
      const text = `incomplete tail of ${this.#sizeBytes - position} bytes (${reason}): not acknowledged; the next write cuts it`;
      this.#findings.note(text, { position, offset: nextOffset });
      this.#endPosition = position;
      return false;
    }
    this.#pending = { stop, offset: nextOffset };
    this.#hasUncertainEnd = true;
    if (this.#findings.isFull) return this.#giveUp(position);
    if (kind === 'gap') {
      this.#scanner.restart(this.#scanFrom(position, undefined));
      return true;
    }
    const resumesAt = kind === 'zeros' ? undefined : findGoodBatch(this.#log, position, nextOffset);
    if (resumesAt === undefined) return this.#giveUp(position);
    this.#indexes.skip(position, resumesAt);
    this.#scanner.restart(this.#scanFrom(resumesAt, undefined));
    return true;
  }

  #isUnfinished(stop: ScanStop): boolean {
    // The cheap half of the verdict first: the other one may search the rest of the file.
    if (stop.position < this.#context.syncedPosition) return false;
    const scan = { tail: this.#tail, stop, ghostCount: this.#ghosts };
    if (judgeTail(this.#log, scan, this.#context).kind !== 'unfinished') return false;
    if (!this.#isAdopted) return true;
    const { position, kind } = stop;
    return (
      kind !== 'gap' && findGoodBatch(this.#log, position, this.#tail.nextOffset) === undefined
    );
  }

  #giveUp(position: number): false {
    this.#indexes.skip(position, Infinity);
    return false;
  }

  #finish(): void {
    this.#reportPending();
    if (this.#firstGhost !== undefined) {
      const batches = this.#ghosts === 1 ? '1 batch' : `${this.#ghosts} batches`;
      const reason = `${batches} of a writer that had lost its lock: never acknowledged, passed over`;
      this.#findings.note(reason, this.#firstGhost);
    }
    // Of a sealed segment the one behind it tells; and the known position may be older than a repair.
    if (this.#question.isLast && this.#sizeBytes < this.#syncedBytes) {
      const reason = `ends here, but ${this.#syncedBytes} bytes of it were on disk`;
      const offset = this.#tail.nextOffset;
      this.#findings.damage(reason, { position: this.#sizeBytes, offset });
      this.#hasUncertainEnd = true;
    }
    this.#epochs.finish();
    const { isLast } = this.#question;
    this.#indexes.finish({
      endPosition: this.#endPosition,
      isSealed: !isLast,
      mayHaveLostTail: isLast && this.#context.afterPowerCut,
    });
  }
}

/** Whether a batch before `endPosition` begins with this offset. */
function hasBatchAt(log: File, offset: number, endPosition: number): boolean {
  const scanner = new BatchScanner(log, {
    startPosition: 0,
    endPosition,
    checkCrcFrom: Infinity,
  });
  while (scanner.next()) if (scanner.batch.baseOffset === offset) return true;
  return false;
}
