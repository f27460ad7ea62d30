/**
 * One status line on a terminal, for work that takes longer than two seconds: what is done, how fast,
 * how long it will take. It has no timer: the work calls `update` as often as it likes, which is
 * cheap, so a busy loop shows its progress too.
 */
import { formatCount } from '../view/numbers.js';
import { formatSize } from './grammar/size.js';
import { formatDuration } from './grammar/duration.js';

const QUIET_MS = 2000;
const REDRAW_MS = 200;
const CLEAR_LINE = '\r\u001b[K';

export interface ProgressOptions {
  /** A verb and what it acts on: `verifying orders`. Safe to print. */
  readonly label: string;
  readonly unit: 'bytes' | 'records';
  /** How much there is, where it is known. */
  readonly total?: number;
  /** False: nothing is ever written. */
  readonly isShown: boolean;
  readonly now: () => number;
  readonly write: (text: string) => void;
}

export class Progress {
  readonly #options: ProgressOptions;
  readonly #startedMs: number;
  #drawnMs = 0;
  #isDrawn = false;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startedMs = options.now();
  }

  /** `done` counts from the beginning, in the unit. */
  update(done: number): void {
    if (!this.#options.isShown) return;
    const nowMs = this.#options.now();
    if (nowMs - this.#startedMs < QUIET_MS || nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#isDrawn = true;
    this.#options.write(CLEAR_LINE + this.#line(done, nowMs - this.#startedMs));
  }

  /** Takes the line away: before any other text, and at the end. */
  clear(): void {
    if (this.#isDrawn) this.#options.write(CLEAR_LINE);
    this.#isDrawn = false;
  }

  #line(done: number, elapsedMs: number): string {
    const { label, unit, total } = this.#options;
    const amount = (value: number): string =>
      unit === 'bytes' ? formatSize(Math.round(value)) : formatCount(Math.round(value));
    const perSecond = (done * 1000) / elapsedMs;
    const parts = [total === undefined ? amount(done) : `${amount(done)} of ${amount(total)}`];
    parts.push(`${amount(perSecond)}/s`);
    if (total !== undefined && done > 0 && done <= total) {
      const secondsLeft = Math.ceil((total - done) / perSecond);
      parts.push(
        `${Math.floor((100 * done) / total)} %`,
        `${formatDuration(secondsLeft * 1000)} left`,
      );
    }
    return `${label}: ${parts.join(', ')}`;
  }
}
