import { invalidArgument, quoted } from './invalid-argument.js';

/** Far above any topic of one machine; keeps `0-999999999` from filling the memory. */
const MAX_PARTITION = 99_999;

/** `0,2`, `0-3`, `0,2-4`: partition numbers, ascending, each once. Ranges include both ends. */
export function parsePartitionList(text: string): number[] {
  const partitions = new Set<number>();
  for (const part of text.split(',')) {
    const [, first = '', last = first] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const from = Number(first);
    const to = Number(last);
    if (first === '') {
      throw invalidArgument(
        `${quoted(text)} is not a list of partitions`,
        'write it like 0,2 or 0-3',
      );
    }
    if (from > to) {
      throw invalidArgument(`${quoted(text)} counts backwards`, `did you mean ${to}-${from}?`);
    }
    if (to > MAX_PARTITION) {
      throw invalidArgument(`${quoted(text)}: the largest partition number is ${MAX_PARTITION}`);
    }
    for (let partition = from; partition <= to; partition++) partitions.add(partition);
  }
  return [...partitions].sort((a, b) => a - b);
}
