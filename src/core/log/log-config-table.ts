/**
 * Every topic config of Kafka 4 (`LogConfig.configKeys()` of release 4.3), in its alphabetical
 * order, and one that Kafka has for a whole broker only: `offsets.retention.minutes`. The type of a
 * log's config, the parser, `describe` and the docs page all follow this table.
 *
 * `default` is Kafka's text. `ignored` gives the reason why a config is accepted and kept, so that a
 * topic can move to Kafka and back, but changes nothing here.
 */

export const LONG_MAX = '9223372036854775807';
const INT_MAX = 2147483647;

interface RowBase {
  readonly name: string;
  readonly help: string;
  readonly ignored?: string;
}

export interface NumberRow extends RowBase {
  readonly kind: 'bytes' | 'milliseconds' | 'minutes' | 'count';
  readonly default: string | null;
  /** Inclusive bounds; without them those of Kafka's int64. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** One more value that is allowed outside of the bounds. */
  readonly special?: number;
  /** What the words `unlimited` and `forever` stand for; with -1, all negative values mean it. */
  readonly unlimited?: '-1' | typeof LONG_MAX;
}

export interface RatioRow extends RowBase {
  readonly kind: 'ratio';
  readonly default: string;
}

export interface BooleanRow extends RowBase {
  readonly kind: 'boolean';
  readonly default: string;
}

export interface ChoiceRow extends RowBase {
  readonly kind: 'enum' | 'list';
  readonly default: string;
  /** The words allowed; a list without them takes any. */
  readonly values?: readonly string[];
}

export type LogConfigRow = NumberRow | RatioRow | BooleanRow | ChoiceRow;

const NO_TIERS = 'there is no tiered storage';
const NO_THROTTLE = 'replicas are directories of one machine, copied without a throttle';
const ALWAYS_SYNCED = 'every batch is synced before it is acknowledged';

export const LOG_CONFIG_TABLE = [
  {
    name: 'cleanup.policy',
    kind: 'list',
    default: 'delete',
    values: ['compact', 'delete'],
    help: 'What happens to old segments: delete; empty keeps them for ever.',
  },
  {
    name: 'compression.gzip.level',
    kind: 'count',
    default: '-1',
    minimum: 1,
    maximum: 9,
    special: -1,
    help: "Level of gzip, 1 to 9; -1 is the library's own.",
  },
  {
    name: 'compression.lz4.level',
    kind: 'count',
    default: '9',
    minimum: 1,
    maximum: 17,
    help: 'Level of lz4, 1 to 17.',
  },
  {
    name: 'compression.type',
    kind: 'enum',
    default: 'producer',
    values: ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'],
    help: 'Codec of the stored batches; producer keeps what the producer chose.',
  },
  {
    name: 'compression.zstd.level',
    kind: 'count',
    default: '3',
    minimum: -131072,
    maximum: 22,
    help: 'Level of zstd, -131072 to 22.',
  },
  {
    name: 'delete.retention.ms',
    kind: 'milliseconds',
    default: '86400000',
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'How long compaction keeps tombstones.',
  },
  {
    name: 'file.delete.delay.ms',
    kind: 'milliseconds',
    default: '60000',
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'How long a deleted segment file stays on disk.',
    ignored: 'deleted segments are removed at once; a reader that holds one open may finish it',
  },
  {
    name: 'flush.messages',
    kind: 'count',
    default: LONG_MAX,
    minimum: 1,
    help: 'Records between two syncs.',
    ignored: ALWAYS_SYNCED,
  },
  {
    name: 'flush.ms',
    kind: 'milliseconds',
    default: LONG_MAX,
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'Time between two syncs.',
    ignored: ALWAYS_SYNCED,
  },
  {
    name: 'follower.replication.throttled.replicas',
    kind: 'list',
    default: '',
    help: 'Followers whose replication is throttled.',
    ignored: NO_THROTTLE,
  },
  {
    name: 'index.interval.bytes',
    kind: 'bytes',
    default: '4096',
    minimum: 0,
    maximum: INT_MAX,
    help: 'Bytes of log between two index entries.',
  },
  {
    name: 'internal.segment.bytes',
    kind: 'bytes',
    default: null,
    minimum: 1,
    maximum: INT_MAX,
    help: 'Overrules segment.bytes, without its lower limit; for tests.',
  },
  {
    name: 'leader.replication.throttled.replicas',
    kind: 'list',
    default: '',
    help: 'Leaders whose replication is throttled.',
    ignored: NO_THROTTLE,
  },
  {
    name: 'local.retention.bytes',
    kind: 'bytes',
    default: '-2',
    minimum: -2,
    help: 'Size kept locally with tiered storage.',
    ignored: NO_TIERS,
  },
  {
    name: 'local.retention.ms',
    kind: 'milliseconds',
    default: '-2',
    minimum: -2,
    help: 'Time kept locally with tiered storage.',
    ignored: NO_TIERS,
  },
  {
    name: 'max.compaction.lag.ms',
    kind: 'milliseconds',
    default: LONG_MAX,
    minimum: 1,
    unlimited: LONG_MAX,
    help: 'A record is compacted at the latest after this time.',
  },
  {
    name: 'max.message.bytes',
    kind: 'bytes',
    default: '1048588',
    minimum: 0,
    maximum: INT_MAX,
    help: 'Largest batch, as stored, with its header.',
  },
  {
    name: 'message.timestamp.after.max.ms',
    kind: 'milliseconds',
    default: '3600000',
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'How far ahead of the clock a record may be dated.',
  },
  {
    name: 'message.timestamp.before.max.ms',
    kind: 'milliseconds',
    default: LONG_MAX,
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'How far behind the clock a record may be dated.',
  },
  {
    name: 'message.timestamp.type',
    kind: 'enum',
    default: 'CreateTime',
    values: ['CreateTime', 'LogAppendTime'],
    help: "Whether a record keeps the producer's time or gets that of its append.",
  },
  {
    name: 'min.cleanable.dirty.ratio',
    kind: 'ratio',
    default: '0.5',
    help: 'Share of uncompacted bytes from which compaction starts.',
  },
  {
    name: 'min.compaction.lag.ms',
    kind: 'milliseconds',
    default: '0',
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'A record is compacted at the earliest after this time.',
  },
  {
    name: 'min.insync.replicas',
    kind: 'count',
    default: '1',
    minimum: 1,
    maximum: INT_MAX,
    help: 'Replicas that must hold a batch before it is acknowledged.',
  },
  {
    name: 'offsets.retention.minutes',
    kind: 'minutes',
    // A group of a cron job is empty between its runs. (A broker has 7 days.)
    default: LONG_MAX,
    minimum: 1,
    unlimited: LONG_MAX,
    help: 'How long the position of a group that nobody uses is kept.',
  },
  {
    name: 'preallocate',
    kind: 'boolean',
    default: 'false',
    help: 'Whether a new segment takes its full size at once.',
    ignored: 'files always have their exact size',
  },
  {
    name: 'remote.log.copy.disable',
    kind: 'boolean',
    default: 'false',
    help: 'Whether nothing more is copied to the remote tier.',
    ignored: NO_TIERS,
  },
  {
    name: 'remote.log.delete.on.disable',
    kind: 'boolean',
    default: 'false',
    help: 'Whether the remote tier is emptied when it is switched off.',
    ignored: NO_TIERS,
  },
  {
    name: 'remote.storage.enable',
    kind: 'boolean',
    default: 'false',
    help: 'Whether old segments move to a remote tier.',
    ignored: NO_TIERS,
  },
  {
    name: 'retention.bytes',
    kind: 'bytes',
    default: '-1',
    unlimited: '-1',
    help: 'Size of a partition above which its oldest segments are deleted.',
  },
  {
    name: 'retention.ms',
    kind: 'milliseconds',
    default: '604800000',
    minimum: -1,
    unlimited: '-1',
    help: 'Age above which segments are deleted.',
  },
  {
    name: 'segment.bytes',
    kind: 'bytes',
    default: '1073741824',
    minimum: 1048576,
    maximum: INT_MAX,
    help: 'Size at which a new segment begins.',
  },
  {
    name: 'segment.index.bytes',
    kind: 'bytes',
    default: '10485760',
    minimum: 4,
    maximum: INT_MAX,
    help: 'Largest index of a segment.',
  },
  {
    name: 'segment.jitter.ms',
    kind: 'milliseconds',
    default: '0',
    minimum: 0,
    unlimited: LONG_MAX,
    help: 'Random time taken off segment.ms, so that partitions do not all roll together.',
  },
  {
    name: 'segment.ms',
    kind: 'milliseconds',
    default: '604800000',
    minimum: 1,
    unlimited: LONG_MAX,
    help: 'Span of record times after which a new segment begins.',
  },
  {
    name: 'unclean.leader.election.enable',
    kind: 'boolean',
    default: 'false',
    help: 'Whether a replica that lags may lead, at the price of records.',
  },
] as const satisfies readonly LogConfigRow[];
