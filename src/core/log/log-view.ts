/**
 * One partition as a reader sees it: its folder and its control file, looked at anew each time. No
 * lock is taken and nothing is written.
 */
import { isCoreError } from '../errors.js';
import type { Environment } from '../fs/environment.js';
import type { FileSystem } from '../fs/file-system.js';
import { listBaseOffsets } from '../segment/file-names.js';
import type { TailContext } from '../segment/tail-verdict.js';
import { type ControlState, isAfterPowerCut, readControl } from './control-file.js';
import { isFailed } from './log-gap.js';
import type { LogLocation } from './log-location.js';

export interface LogViewOptions {
  /** Offsets may be missing between batches, as compaction leaves them. */
  readonly allowGaps: boolean;
  /** Damage is passed over, and told, instead of raised. */
  readonly skipDamaged?: boolean | undefined;
  /** Throws if the partition no longer belongs to the topic that it was opened for. */
  checkStillOurs?(): void;
}

export class LogView {
  readonly fs: FileSystem;
  readonly location: Pick<LogLocation, 'directory' | 'controlPath'>;
  readonly allowGaps: boolean;
  readonly skipDamaged: boolean;
  readonly #bootId: string;
  readonly #options: LogViewOptions;

  constructor(
    env: Pick<Environment, 'fs' | 'bootId'>,
    location: Pick<LogLocation, 'directory' | 'controlPath'>,
    options: LogViewOptions,
  ) {
    this.fs = env.fs;
    this.location = location;
    this.allowGaps = options.allowGaps;
    this.skipDamaged = options.skipDamaged === true;
    this.#bootId = env.bootId;
    this.#options = options;
  }

  /** UNKNOWN_TOPIC_ID once the topic was deleted: what stands at its paths then is another's. */
  checkStillOurs(): void {
    this.#options.checkStillOurs?.();
  }

  /** The partition's state as its last writer left it; undefined for a folder that has none. */
  control(): ControlState | undefined {
    try {
      const file = this.fs.open(this.location.controlPath, 'read');
      try {
        return readControl(file);
      } finally {
        file.close();
      }
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  /** Base offsets of the segments, ascending. */
  baseOffsets(): number[] {
    try {
      return listBaseOffsets(this.fs, this.location.directory);
    } catch (error) {
      if (isCoreError(error, 'FILE_NOT_FOUND')) this.checkStillOurs();
      throw error;
    }
  }

  /** The oldest offset that is kept. */
  get logStartOffset(): number {
    return Math.max(this.control()?.logStartOffset ?? 0, this.baseOffsets()[0] ?? 0);
  }

  /** What is certain of the segment at `baseOffset`, to judge its end by. */
  tailContext(baseOffset: number): TailContext {
    const control = this.control();
    if (control === undefined) return { syncedPosition: 0, afterPowerCut: false };
    const isActive = control.activeBaseOffset === baseOffset;
    return {
      syncedPosition: isActive ? control.syncedPosition : 0,
      afterPowerCut: isAfterPowerCut(control, this.#bootId),
      isFailed: (offset) => isFailed(control, offset),
    };
  }
}
