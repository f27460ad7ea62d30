import { formatSize } from '../cli/grammar/size.js';
import type { PartitionSegments, SegmentDescription } from '../core/index.js';
import type { Look } from './look.js';
import { formatCount, formatLocalTime } from './numbers.js';
import { type Column, table } from './table.js';

export type SegmentDocument = Omit<SegmentDescription, 'firstTimestamp' | 'newestTimestamp'> & {
  /** RFC 3339, UTC; null where there is none. */
  readonly firstTimestamp: string | null;
  readonly newestTimestamp: string | null;
};

/** The document that `--json` shows: fields are only ever added. */
export interface SegmentListDocument {
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly segments: readonly SegmentDocument[];
  }[];
}

const COLUMNS: readonly Column[] = [
  { name: 'topic' },
  { name: 'base', align: 'right' },
  { name: 'end', align: 'right' },
  { name: 'size', align: 'right' },
  { name: 'first', align: 'right' },
  { name: 'newest', align: 'right' },
  { name: 'index', align: 'right' },
  { name: 'times', align: 'right' },
  { name: 'state' },
];

/** The last millisecond that RFC 3339 can write. */
const LAST_TIMESTAMP_MS = 253_402_300_799_999;

export function segmentListView(partitions: readonly PartitionSegments[], look: Look): string {
  const rows = partitions.flatMap(({ topic, partition, segments }) =>
    segments.map((segment) => [
      `${topic}:${partition}`,
      String(segment.baseOffset),
      String(segment.endOffset),
      formatSize(segment.sizeBytes),
      formatLocalTime(segment.firstTimestamp ?? -1),
      formatLocalTime(segment.newestTimestamp ?? -1),
      entriesText(segment.offsetIndexEntries),
      entriesText(segment.timeIndexEntries),
      segment.state,
    ]),
  );
  return rows.length === 0 ? '' : table(COLUMNS, rows, look);
}

export function segmentListDocument(partitions: readonly PartitionSegments[]): SegmentListDocument {
  return {
    partitions: partitions.map(({ topic, partition, segments }) => ({
      topic,
      partition,
      segments: segments.map((segment) => ({
        ...segment,
        firstTimestamp: utcTime(segment.firstTimestamp),
        newestTimestamp: utcTime(segment.newestTimestamp),
      })),
    })),
  };
}

function entriesText(count: number | null): string {
  return count === null ? '-' : formatCount(count);
}

function utcTime(timestampMs: number | null): string | null {
  if (timestampMs === null || timestampMs < 0 || timestampMs > LAST_TIMESTAMP_MS) return null;
  return new Date(timestampMs).toISOString();
}
