import type { DumpFinding } from '../core/index.js';
import { CoreError } from '../core/errors.js';
import { formatCount } from './numbers.js';

/** The damage met in one file: it is told at the end, when all that can be read was shown. */
export class DumpDamage {
  readonly #path: string;
  #first: DumpFinding | undefined;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(finding: DumpFinding): void {
    this.#first ??= finding;
    this.#count++;
  }

  /** SEGMENT_CORRUPT, naming the first place. */
  throwIfAny(): void {
    if (this.#first === undefined) return;
    const { position, reason } = this.#first;
    const more = this.#count === 1 ? '' : ` (and ${formatCount(this.#count - 1)} more)`;
    const message = `${this.#path}: damaged at byte ${position}: ${reason}${more}`;
    throw new CoreError('SEGMENT_CORRUPT', message, {
      details: { path: this.#path, position, reason, count: this.#count },
    });
  }
}
