/** What commands, cli and view may know of the core: one function to open a cluster, and types. */
import type { Cluster } from './cluster/cluster.js';
import type { ClusterRequest } from './cluster/open-cluster.js';

/** The data directory of this machine. DATA_DIR_NOT_FOUND if there is none; nothing is written. */
export async function openCluster(request: ClusterRequest): Promise<Cluster> {
  const { openDirectoryCluster } = await import('./cluster/open-cluster.js');
  return openDirectoryCluster(request);
}

/** The same; the directory is made if there is none. `warn` hears what is weaker than usual. */
export async function createCluster(
  request: ClusterRequest,
  warn: (text: string) => void,
): Promise<Cluster> {
  const { createDirectoryCluster } = await import('./cluster/open-cluster.js');
  return createDirectoryCluster(request, warn);
}

export type { CompressionType } from './batch/compression.js';
export type { LogRecord, RecordHeader } from './batch/record.js';
export type {
  Cluster,
  ConfigDescription,
  ConsumeTarget,
  PartitionDescription,
  PartitionRetention,
  ProduceRequest,
  RecordConsumer,
  RecordProducer,
  TopicDescription,
  TopicSummary,
  TrimResult,
} from './cluster/cluster.js';
export type { ClusterRequest } from './cluster/open-cluster.js';
export type { ConsumedRecord } from './consumer/consumed-record.js';
export type { Gap } from './consumer/consumer.js';
export type { Position } from './consumer/position.js';
export type { RecordFilter } from './consumer/record-filter.js';
export type { AcknowledgedBatch } from './producer/acknowledged-batch.js';
export type { NewRecord } from './producer/producer.js';
