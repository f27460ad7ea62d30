/** setTimeout takes no more (24 days); a longer limit is as good as none. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
