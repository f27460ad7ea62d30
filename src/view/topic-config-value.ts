/** Config values as Kafka stores them, with their meaning where that is easier to read. */
import { formatDuration } from '../cli/grammar/duration.js';
import { formatSize } from '../cli/grammar/size.js';

/** `604800000` of retention.ms as `7d`; undefined where the value says all there is to say. */
export function configMeaning(name: string, value: string): string | undefined {
  const isTime = name.endsWith('.ms');
  if (!isTime && !name.endsWith('.bytes')) return undefined;
  if (!/^-?\d+$/.test(value)) return undefined;
  const amount = Number(value);
  if (name.startsWith('retention.') && amount < 0) return isTime ? 'forever' : 'unlimited';
  if (amount < 0) return undefined;
  if (amount > Number.MAX_SAFE_INTEGER) return isTime ? 'forever' : 'unlimited';
  const meaning = isTime ? formatDuration(amount) : formatSize(amount);
  return meaning.startsWith(`${value} `) ? undefined : meaning;
}

/** `604800000 (7d)`, or the bare value. */
export function formatConfigValue(name: string, value: string): string {
  const meaning = configMeaning(name, value);
  return meaning === undefined ? value : `${value} (${meaning})`;
}
