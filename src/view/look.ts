import type { Palette } from './palette.js';
import { PLAIN_PALETTE } from './palette.js';

/** What a view may know of where its text goes. */
export interface Look {
  /** Columns of the terminal; undefined where nothing must be cut. */
  readonly width: number | undefined;
  readonly palette: Palette;
}

/** A pure function from a result to text that ends in a newline, or is empty. */
export type View<T> = (result: T, look: Look) => string;

export const PLAIN_LOOK: Look = { width: undefined, palette: PLAIN_PALETTE };
