/** Config values as Kafka stores them, with their meaning where that is easier to read. */
import { formatDuration } from '../cli/grammar/duration.js';
import { formatSize } from '../cli/grammar/size.js';

/** `604800000` of retention.ms as `7d`; undefined for what is neither a time nor a size. */
export function configMeaning(name: string, value: string): string | undefined {
  const isMinutes = name.endsWith('.minutes');
  const isTime = name.endsWith('.ms') || isMinutes;
  if (!isTime && !name.endsWith('.bytes')) return undefined;
  if (!/^-?\d+$/.test(value)) return undefined;
  const amount = Number(value);
  if (name.startsWith('retention.') && amount < 0) return isTime ? 'forever' : 'unlimited';
  if (amount < 0) return undefined;
  if (amount > Number.MAX_SAFE_INTEGER) return isTime ? 'forever' : 'unlimited';
  return isTime ? formatDuration(isMinutes ? amount * 60_000 : amount) : formatSize(amount);
}

/** `604800000 (7d)`; the bare value where it says all there is to say. */
export function formatConfigValue(name: string, value: string): string {
  const meaning = configMeaning(name, value);
  const isNews = meaning !== undefined && meaning !== `${value} B`;
  return isNews ? `${value} (${meaning})` : value;
}
