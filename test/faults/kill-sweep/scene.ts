/**
 * A data directory of its own, copied from a prepared one, and what can be seen in it afterwards. It is
 * looked at through the core of this tree, whatever build was struck; what is to be done next is done by
 * the program.
 */
import { type SpawnSyncReturns, execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCoreError } from '../../../src/core/errors.js';
import {
  type Cluster,
  type ConsumePlan,
  type Finding,
  type GroupDescription,
  inspectFiles,
  openCluster,
} from '../../../src/core/index.js';
import { LAUNCHER } from './launcher.js';

/** Offset to value. */
export type Records = ReadonlyMap<number, string>;

export interface StoredPartition {
  readonly startOffset: number;
  /** From `startOffset` on, without a gap. */
  readonly values: readonly string[];
}

export type Ran = Pick<SpawnSyncReturns<string>, 'stdout' | 'stderr'> & { readonly code: number };

const NEVER = new AbortController().signal;

const FROM_START: ConsumePlan = {
  from: { kind: 'start' },
  until: undefined,
  clamp: false,
  follow: false,
  order: 'partition',
  last: undefined,
  maxRecords: Infinity,
  maxBytes: Infinity,
  filter: {},
};

/** A command that waits for a lock of the dead would come to this. */
const LOCK_LIMIT_MS = 30_000;

export class Scene {
  readonly dataDir: string;
  /** An empty folder, HOME and working directory of what runs here. */
  readonly folder: string;
  /** For what is struck. */
  readonly outPath: string;
  readonly root: string;

  constructor(template?: string) {
    this.root = mkdtempSync(join(tmpdir(), 'spool-sweep-'));
    this.folder = join(this.root, 'work');
    mkdirSync(this.folder);
    this.dataDir = join(this.root, 'data');
    this.outPath = join(this.root, 'out');
    if (template !== undefined && existsSync(template)) {
      cpSync(template, this.dataDir, { recursive: true, preserveTimestamps: true });
    }
  }

  get isThere(): boolean {
    return existsSync(join(this.dataDir, 'spool.json'));
  }

  /** Where the files of `t-0` are. */
  partitionFolder(name: string): string {
    return join(this.dataDir, 'brokers/0/log', name);
  }

  /** The program, with nothing in its way. */
  run(...words: readonly string[]): Promise<Ran> {
    return this.runLimited([], ...words);
  }

  /** Through another program, which does something to it: `prlimit`, say. */
  runLimited(limit: readonly string[], ...words: readonly string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], HOME: this.folder, SPOOL_DIR: this.dataDir };
      const options = { cwd: this.folder, env, timeout: LOCK_LIMIT_MS };
      const [program = '', ...args] = [...limit, process.execPath, LAUNCHER, ...words];
      execFile(program, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  }

  /** Resolves with what it shows; throws unless it exits 0 and has nothing to say. */
  async succeed(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...words);
    if (code !== 0 || stderr !== '') {
      throw new Error(`then "spool ${words.join(' ')}" exits ${code}: ${stderr}`);
    }
    return stdout;
  }

  /** What `retention prune`, `topic create` and `produce` do, without a process for it. */
  prune(topic: string): Promise<unknown> {
    return this.#look((cluster) => cluster.applyRetention(topic));
  }

  create(name: string): Promise<unknown> {
    const request = { name, partitions: 1, replicationFactor: 1, config: {} };
    return this.#look((cluster) => cluster.createTopic(request));
  }

  append(topic: string, partition: number, value: string): Promise<void> {
    return this.#look(async (cluster) => {
      const onAcknowledged = (): void => undefined;
      const request = { compression: 'none', sync: 'batch', partition, onAcknowledged } as const;
      const producer = await cluster.openProducer(topic, request);
      const record = { key: null, headers: [], timestamp: undefined, partition };
      producer.add({ ...record, value: Buffer.from(value) });
      await producer.settle();
      await producer.close();
    });
  }

  topics(): Promise<string[]> {
    return this.isThere ? this.#look((cluster) => cluster.topicNames()) : Promise.resolve([]);
  }

  /** All that a reader gets of each partition; throws at a gap. */
  stored(topic: string): Promise<StoredPartition[]> {
    return this.#look(async (cluster) => {
      const { partitions } = await cluster.describeTopic(topic);
      const read: StoredPartition[] = [];
      for (const { partition, logStartOffset, logEndOffset } of partitions) {
        const records = await recordsOf(cluster, topic, partition);
        for (let offset = logStartOffset; offset < logEndOffset; offset++) {
          if (!records.has(offset)) throw new Error(`${topic}-${partition} lacks offset ${offset}`);
        }
        if (records.size !== logEndOffset - logStartOffset) {
          throw new Error(`${topic}-${partition} has records past its end ${logEndOffset}`);
        }
        read.push({ startOffset: logStartOffset, values: [...records.values()] });
      }
      return read;
    });
  }

  /** What a reader gets of partition 0, which may have gaps. */
  records(topic: string): Promise<Records> {
    return this.#look((cluster) => recordsOf(cluster, topic, 0));
  }

  /** Overrides of the topic's config. */
  config(topic: string): Promise<object> {
    return this.#look(async (cluster) => (await cluster.summarizeTopic(topic)).config);
  }

  /** undefined if there is no such group. */
  group(name: string): Promise<GroupDescription | undefined> {
    return this.#look(async (cluster) => {
      try {
        return await (await cluster.openGroups()).describe(name);
      } catch (error) {
        if (isCoreError(error, 'GROUP_ID_NOT_FOUND')) return undefined;
        throw error;
      }
    });
  }

  /** What `verify` would report as damage. */
  async damage(): Promise<string[]> {
    const damage = (await this.findings()).filter(({ kind }) => kind === 'damage');
    return damage.map(({ file, reason }) => `${file}: ${reason}`);
  }

  async findings(): Promise<Finding[]> {
    if (!this.isThere) return [];
    return this.#look(async (cluster) => {
      const inspection = await inspectFiles(cluster);
      const found: Finding[] = [];
      for (const name of await cluster.topicNames()) {
        const request = { onVerified: () => undefined, stop: NEVER };
        const { partitions } = await inspection.verifyTopic(name, request);
        found.push(...partitions.flatMap(({ findings }) => findings));
      }
      return found;
    });
  }

  /** Files that only an interrupted writer leaves; from the data directory on, sorted. */
  leftovers(): string[] {
    if (!existsSync(this.dataDir)) return [];
    return readdirSync(this.dataDir, { recursive: true, encoding: 'utf8' })
      .filter((path) => LEFTOVER.test(path))
      .sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  async #look<T>(look: (cluster: Cluster) => Promise<T>): Promise<T> {
    const cluster = await openCluster({
      path: this.dataDir,
      command: 'sweep',
      lockTimeoutMs: 0,
      now: Date.now,
      random: Math.random,
      stop: NEVER,
    });
    try {
      return await look(cluster);
    } finally {
      cluster.close();
    }
  }
}

/** Cut tails are kept for people, and no leftover. */
const LEFTOVER =
  /(^|\/)\.tmp-|(^|\/)\.deleted-|\.(deleted|cleaned|swap)$|^brokers\/0\/(tmp|trash)\/|^locks\/registry\.lock$/;

/** Throws where an offset comes twice, or after a higher one. */
async function recordsOf(cluster: Cluster, topic: string, partition: number): Promise<Records> {
  const consumer = await cluster.openConsumer([{ topic, partitions: [partition] }], FROM_START);
  try {
    const records = new Map<number, string>();
    let before = -1;
    for (let record = consumer.next(); record !== undefined; record = consumer.next()) {
      const { offset, value } = record;
      if (offset <= before) throw new Error(`${topic}-${partition}: ${offset} after ${before}`);
      before = offset;
      records.set(offset, Buffer.from(value ?? []).toString());
    }
    return records;
  } finally {
    consumer.close();
  }
}
