/** `orders: 3 records, 41 B, offsets 0:12-14` */
import type { ProduceSummary } from '../cli/produce/acknowledgements.js';
import { formatSize } from '../cli/grammar/size.js';
import { formatCounted } from './numbers.js';

const SHOWN_PARTITIONS = 8;

export function produceSummaryText({ topic, records, bytes, partitions }: ProduceSummary): string {
  const count = formatCounted(records, 'record');
  if (records === 0) return `${topic}: ${count}`;
  const offsets = partitions
    .slice(0, SHOWN_PARTITIONS)
    .map(
      ({ partition, first, last }) => `${partition}:${first === last ? first : `${first}-${last}`}`,
    );
  if (partitions.length > SHOWN_PARTITIONS) offsets.push('…');
  return `${topic}: ${count}, ${formatSize(bytes)}, offsets ${offsets.join(' ')}`;
}
