/**
 * Compares the leader epochs in batches with `leader-epoch-checkpoint`. An epoch is under no checksum,
 * and this is the only thing that knows it. No reader of this program uses it, and a folder that came
 * from a broker goes on with an epoch of its own, so a difference is a note.
 */
import { NO_LEADER_EPOCH } from '../batch/format.js';
import { isCoreError } from '../errors.js';
import type { FileSystem } from '../fs/file-system.js';
import {
  LEADER_EPOCH_CHECKPOINT,
  type LeaderEpochEntry,
  readLeaderEpochCheckpoint,
} from './leader-epoch-checkpoint.js';
import { FileFindings, type Finding } from './verify-finding.js';

export interface LeaderEpochs {
  /** Undefined where there is no checkpoint, or none that can be read. */
  readonly entries: readonly LeaderEpochEntry[] | undefined;
  readonly findings: readonly Finding[];
}

export function readLeaderEpochs(fs: FileSystem, directory: string): LeaderEpochs {
  const findings = new FileFindings(`${directory}/${LEADER_EPOCH_CHECKPOINT}`);
  try {
    const entries = readLeaderEpochCheckpoint(fs, findings.file);
    return { entries: entries.length === 0 ? undefined : entries, findings: [] };
  } catch (error) {
    if (isCoreError(error, 'FILE_NOT_FOUND')) findings.note('missing: a broker rebuilds it');
    else if (isCoreError(error, 'DATA_DIR_DAMAGED')) findings.damage(error.message);
    else throw error;
    return { entries: undefined, findings: findings.list };
  }
}

export class LeaderEpochCheck {
  readonly #entries: readonly LeaderEpochEntry[];
  readonly #findings: FileFindings;
  #at = 0;
  #count = 0;
  #first: { position: number; offset: number; epoch: number; expected: number } | undefined;

  constructor(entries: readonly LeaderEpochEntry[] | undefined, findings: FileFindings) {
    this.#entries = entries ?? [];
    this.#findings = findings;
  }

  /** The next batch of the log. */
  see(position: number, offset: number, epoch: number): void {
    while ((this.#entries[this.#at + 1]?.startOffset ?? Infinity) <= offset) this.#at++;
    const expected = this.#entries[this.#at];
    if (epoch < NO_LEADER_EPOCH) {
      this.#findings.damage(`impossible leader epoch ${epoch}`, { position, offset });
      return;
    }
    if (expected === undefined || expected.startOffset > offset) return;
    if (epoch === expected.epoch || epoch === NO_LEADER_EPOCH) return;
    this.#count++;
    this.#first ??= { position, offset, epoch, expected: expected.epoch };
  }

  finish(): void {
    if (this.#first === undefined) return;
    const { position, offset, epoch, expected } = this.#first;
    const batches = this.#count === 1 ? '1 batch has' : `${this.#count} batches have`;
    const reason = `${batches} another leader epoch than the checkpoint (${epoch}, not ${expected})`;
    this.#findings.note(reason, { position, offset });
  }
}
