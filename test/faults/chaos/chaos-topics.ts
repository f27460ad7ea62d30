/** The topics of a chaos run: segments so small that they roll all the time. */
export interface ChaosTopic {
  readonly name: string;
  readonly partitions: number;
  readonly segmentBytes: number;
  /** null: nothing goes but what is trimmed. */
  readonly retentionBytes: number | null;
  readonly isTrimmed: boolean;
}

export const CHAOS_TOPICS: readonly ChaosTopic[] = [
  {
    name: 'keyed',
    partitions: 3,
    segmentBytes: 32_768,
    retentionBytes: null,
    isTrimmed: false,
  },
  {
    name: 'single',
    partitions: 1,
    segmentBytes: 65_536,
    retentionBytes: null,
    isTrimmed: false,
  },
  {
    name: 'pruned',
    partitions: 2,
    segmentBytes: 16_384,
    retentionBytes: 131_072,
    isTrimmed: true,
  },
  {
    name: 'trimmed',
    partitions: 1,
    segmentBytes: 16_384,
    retentionBytes: null,
    isTrimmed: true,
  },
];

/** `retention.ms` is there to see that a clock that is an hour off takes nothing. */
export function creationOf(topic: ChaosTopic): string[] {
  const { name, partitions, segmentBytes, retentionBytes } = topic;
  return [
    ...['topic', 'create', name, '-q', '-p', String(partitions)],
    ...['-c', `internal.segment.bytes=${segmentBytes}`, '-c', 'retention.ms=1d'],
    ...(retentionBytes === null ? [] : ['-c', `retention.bytes=${retentionBytes}`]),
  ];
}

/** Whether a reader may find that records went while it read. */
export function canLoseStart({ retentionBytes, isTrimmed }: ChaosTopic): boolean {
  return retentionBytes !== null || isTrimmed;
}
