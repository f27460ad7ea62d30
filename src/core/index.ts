/** What commands, cli and view may know of the core: one function to open a cluster, and types. */
import type { Cluster, TopicRequest } from './cluster/cluster.js';
import type { DirectoryInspection } from './cluster/directory-inspection.js';
import type { DirectoryRepair } from './cluster/directory-repair.js';
import type { LockListing } from './cluster/lock-list.js';
import type { ClusterRequest } from './cluster/open-cluster.js';
import type { DumpEntry } from './segment/dump-entry.js';

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

/** The files of the data directory that a cluster stands on. */
export async function inspectFiles(cluster: Cluster): Promise<DirectoryInspection> {
  const { DirectoryInspection: Inspection } = await import('./cluster/directory-inspection.js');
  return new Inspection(cluster);
}

/** Who holds which lock of the data directory that a cluster stands on. */
export async function listLocks(cluster: Cluster): Promise<LockListing> {
  const { listLocks: list } = await import('./cluster/lock-list.js');
  return list(cluster);
}

/** The same files, to be repaired. */
export async function repairFiles(cluster: Cluster): Promise<DirectoryRepair> {
  const { DirectoryRepair: Repair } = await import('./cluster/directory-repair.js');
  return new Repair(cluster);
}

/** Whether a word names a segment's file, and what such a file says. */
export async function segmentDumping(): Promise<{
  readonly isSegmentPath: (word: string) => boolean;
  readonly dumpSegmentFile: (
    path: string,
    options: { readonly deep: boolean },
  ) => Generator<DumpEntry, void>;
}> {
  const { isSegmentPath, dumpSegmentFile } = await import('./cluster/directory-inspection.js');
  return { isSegmentPath, dumpSegmentFile };
}

/** The errors that `Cluster.createTopic` has for the request itself, before anything is made. */
export async function checkNewTopic(request: TopicRequest): Promise<void> {
  const { checkNewTopic: check } = await import('./topic/topic-registry.js');
  check({ ...request, isInternal: false });
}

export type { CompressionType } from './batch/compression.js';
export type { LogRecord, RecordHeader } from './batch/record.js';
export type {
  Cluster,
  ConfigDescription,
  PartitionDescription,
  PartitionRetention,
  ProduceRequest,
  RecordProducer,
  TopicDescription,
  TopicSummary,
  TrimResult,
} from './cluster/cluster.js';
export type { ConsumeTarget, RecordConsumer } from './cluster/record-consumer.js';
export type {
  BatchRanges,
  ExpiredOffsets,
  GroupBatch,
  GroupDescription,
  GroupList,
  GroupMembership,
  GroupMove,
  GroupMovePlan,
  GroupPartition,
  Groups,
  JoinRequest,
  MemberDescription,
  PendingDescription,
  PositionGap,
  Receipt,
} from './cluster/groups.js';
export type {
  DirectoryInspection,
  PartitionSegments,
  TopicVerification,
} from './cluster/directory-inspection.js';
export type { DirectoryRepair, PartitionRepair } from './cluster/directory-repair.js';
export type { Irreparable, RecordLoss, RepairAction } from './log/repair-plan.js';
export type { SegmentDescription } from './log/segment-files.js';
export type { Finding } from './log/verify-finding.js';
export type {
  DumpEntry,
  DumpFinding,
  DumpedBatch,
  DumpedControl,
  DumpedProducer,
  DumpedRecord,
} from './segment/dump-entry.js';
export type { HeldLock, LockListing } from './cluster/lock-list.js';
export type { ClusterRequest } from './cluster/open-cluster.js';
export type { ConsumedRecord } from './consumer/consumed-record.js';
export type { ConsumePlan, Gap, ReadPosition } from './consumer/consumer.js';
export type { Position } from './consumer/position.js';
export type { RecordFilter } from './consumer/record-filter.js';
export { ASSIGNOR_NAMES, type AssignorName } from './group/assignor-name.js';
export type { BatchRange, MovedOffset } from './group/group-state.js';
export type { TopicPartition } from './topic/topic-partition.js';
export type { AcknowledgedBatch } from './producer/acknowledged-batch.js';
export type { NewRecord } from './producer/producer.js';
