/**
 * Repairing the partitions of a data directory: first a plan, made from a verification and without a
 * lock; then, once somebody has agreed to it, the repair. Whether all is well then, a verification says.
 */
import { CoreError } from '../errors.js';
import { replaceFileDurably } from '../fs/durable.js';
import type { Environment } from '../fs/environment.js';
import { type LogRepairOptions } from '../log/repair-log.js';
import { applyRepair, planRepair } from '../log/repair-partition.js';
import type { Irreparable, RepairAction, RepairPlan } from '../log/repair-plan.js';
import type { OpenTopic } from '../topic/open-topic.js';
import { randomNonce } from '../topic/nonce.js';
import { PARTITION_METADATA, formatPartitionMetadata } from '../topic/partition-metadata.js';
import type { Cluster } from './cluster.js';
import { DirectoryCluster } from './directory-cluster.js';
import {
  type PartitionVerification,
  type TopicVerification,
  examineMetadata,
} from './directory-inspection.js';

export interface PartitionRepair extends RepairPlan {
  readonly topic: string;
  readonly partition: number;
  /** Files that bytes were cut or taken out into; empty before it is done. */
  readonly keptAside: readonly string[];
}

export interface RepairProgress {
  /** Called often, with the bytes since the last call. */
  readonly onBytes: (bytes: number) => void;
  /** Ends it before the next partition, or while nothing is changed yet. */
  readonly stop: AbortSignal;
}

export class DirectoryRepair {
  readonly #cluster: DirectoryCluster;
  /** What was shown of a partition is what its repair is held to. */
  readonly #findings = new Map<PartitionRepair, PartitionVerification>();

  /** INVALID_ARGUMENT for a cluster that is no directory of this machine. */
  constructor(cluster: Cluster) {
    if (!(cluster instanceof DirectoryCluster)) {
      throw new CoreError('INVALID_ARGUMENT', 'only files of this machine can be repaired');
    }
    this.#cluster = cluster;
  }

  /** For the partitions where something is to be done, or cannot be. Nothing is written. */
  async plan(verified: TopicVerification, progress: RepairProgress): Promise<PartitionRepair[]> {
    const topic = this.#cluster.openTopic(verified.topic);
    const plans: PartitionRepair[] = [];
    for (const verification of verified.partitions) {
      if (verification.findings.length === 0) continue;
      const plan = await this.#planPartition(topic, verification, progress);
      if (plan.actions.length === 0 && plan.irreparable.length === 0) continue;
      this.#findings.set(plan, verification);
      plans.push(plan);
    }
    return plans;
  }

  async #planPartition(
    topic: OpenTopic,
    verification: PartitionVerification,
    progress: RepairProgress,
  ): Promise<PartitionRepair> {
    const { partition, findings } = verification;
    const place = { topic: topic.name, partition, keptAside: [] };
    const options = this.#optionsOf(topic, partition);
    const { env } = this.#cluster;
    if (env.fs.stat(options.location.directory)?.kind !== 'directory') {
      return { ...place, ...withoutFolder(options.location.directory) };
    }
    const metadata = metadataPlan(env, topic, options.location.directory);
    if (metadata.irreparable.length > 0) return { ...place, ...metadata };
    const { actions, losses, irreparable } = await driven(
      planRepair(env, options, findings),
      progress,
    );
    return { ...place, actions: [...actions, ...metadata.actions], losses, irreparable };
  }

  /**
   * Does what was planned. Resolves with what was done, which may be less: others write meanwhile. BUSY
   * if the lock is not had; CONFIRMATION_REQUIRED, and nothing is changed, if more would be lost.
   */
  async apply(shown: PartitionRepair, progress: RepairProgress): Promise<PartitionRepair> {
    const topic = this.#cluster.openTopic(shown.topic);
    const { partition } = shown;
    const options = this.#optionsOf(topic, partition);
    const { env, wait } = this.#cluster.rareEnvironment();
    const { directory } = options.location;
    const metadata = metadataPlan(env, topic, directory);
    const { plan, keptAside } = await applyRepair(env, options, {
      findings: this.#findings.get(shown)?.findings ?? [],
      shown,
      wait,
      pause: (bytes) => pause(bytes, progress),
    });
    if (metadata.actions.length > 0) this.#writeMetadata(topic, options, partition);
    const { losses, irreparable } = plan;
    const actions = [...plan.actions, ...metadata.actions];
    return { topic: topic.name, partition, actions, losses, irreparable, keptAside };
  }

  #optionsOf(topic: OpenTopic, partition: number): LogRepairOptions {
    return {
      location: topic.location(partition),
      indexIntervalBytes: topic.config.indexIntervalBytes,
      allowGaps: topic.openReader(partition).allowGaps,
      nonce: randomNonce(),
      checkStillOurs: () => {
        topic.checkStillOurs();
      },
    };
  }

  /** It is written once and never changed, so that no lock guards it. */
  #writeMetadata(topic: OpenTopic, { nonce }: LogRepairOptions, partition: number): void {
    const { directory, filePermissions } = topic.location(partition);
    const bytes = formatPartitionMetadata(topic.topic.topicId);
    const path = `${directory}/${PARTITION_METADATA}`;
    topic.checkStillOurs();
    replaceFileDurably(this.#cluster.env.fs, path, bytes, filePermissions, nonce);
  }
}

interface MetadataPlan extends Omit<RepairPlan, 'actions'> {
  readonly actions: readonly RepairAction[];
}

/** A folder that says to belong to another topic may hold that topic's records: nothing in it is touched. */
function metadataPlan({ fs }: Environment, topic: OpenTopic, directory: string): MetadataPlan {
  const { topicId } = topic.topic;
  const condition = examineMetadata(fs, directory);
  const file = `${directory}/${PARTITION_METADATA}`;
  const irreparable: Irreparable[] = [];
  const actions: RepairAction[] = [];
  if (condition.kind === 'missing' || condition.kind === 'damaged') {
    actions.push({ kind: 'write-partition-metadata', file, text: `written anew: ${topicId}` });
  } else if (condition.topicId !== topicId) {
    const reason = `belongs to topic id ${condition.topicId}; the topic has ${topicId}`;
    irreparable.push({ file, reason });
  }
  return { actions, losses: [], irreparable };
}

function withoutFolder(directory: string): RepairPlan {
  const reason = 'the folder is missing: restore it from a backup, or delete the topic';
  return { actions: [], losses: [], irreparable: [{ file: directory, reason }] };
}

async function driven<T>(steps: Generator<number, T>, progress: RepairProgress): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause(step.value, progress);
  }
}

/** Gives others their turn: signals, the status line, the lease of a lock. */
async function pause(bytes: number, { onBytes, stop }: RepairProgress): Promise<void> {
  onBytes(bytes);
  await new Promise((resolve) => setImmediate(resolve));
  stop.throwIfAborted();
}
