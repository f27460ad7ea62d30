/**
 * A machine in memory: one data directory, one clock, and processes that come, are killed, or lose power.
 *
 *   const machine = await MemoryMachine.boot({ orders: 2 });
 *   await machine.start().append('orders', 0, ['a', 'b']);
 *   const process = machine.start();
 *   process.kill();                          // its locks are free, and it touches nothing any more
 *   const later = machine.afterPowerCut(0);  // the same data directory, as far as it was synced
 */
import { assert } from '../../src/core/assert.js';
import { DirectoryCluster } from '../../src/core/cluster/directory-cluster.js';
import type { Groups } from '../../src/core/cluster/groups.js';
import type { Environment, OwnerIdentity } from '../../src/core/fs/environment.js';
import { identify } from '../../src/core/fs/process-identity.js';
import type { LockProvider } from '../../src/core/fs/lock.js';
import type { ConfigOverrides } from '../../src/core/log/log-config.js';
import { createDataDirectory } from '../../src/core/topic/create-data-directory.js';
import { type DataDirectory, openDataDirectory } from '../../src/core/topic/data-directory.js';
import { type Fault, FaultFileSystem, type Operation } from './fault-fs.js';
import { MemoryFileSystem } from './memory-fs.js';
import { MemoryLock, MemoryLocks } from './memory-locks.js';

const ROOT = '/home/spool';
const START_MS = 1_700_000_000_000;
/** The one process that all of them are parts of: to the kernel it lives, also when one is killed. */
const LIVING = identify(process.pid);

type ProcessNumber = Omit<OwnerIdentity, 'command'>;

/** A process that the kernel does not know (any more). */
export const GONE: ProcessNumber = { pid: 2 ** 30, startTime: 1 };

/** What a killed process meets whatever it tries. Not a CoreError: nobody may take it for a failure. */
class ProcessKilled extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'ProcessKilled';
  }
}

interface Power {
  readonly bootId: string;
  readonly nowMs: number;
}

export class MemoryMachine {
  readonly fs: MemoryFileSystem;
  readonly bootId: string;
  readonly locks: MemoryLocks;
  /** Time stands still unless a test lets it pass, by adding to this. */
  nowMs: number;
  #bootedMs: number;
  readonly #processes: MemoryProcess[] = [];
  #faultOf: (operation: Operation) => Fault = () => undefined;

  private constructor(fs: MemoryFileSystem, { bootId, nowMs }: Power) {
    this.fs = fs;
    this.bootId = bootId;
    this.nowMs = nowMs;
    this.#bootedMs = nowMs;
    this.locks = new MemoryLocks(fs);
  }

  /** With an empty disk: see `startOnNothing`. */
  static bare(): MemoryMachine {
    return new MemoryMachine(new MemoryFileSystem(), { bootId: 'boot-1', nowMs: START_MS });
  }

  /** With a data directory that has these topics, of so many partitions; all of it durable. */
  static async boot(topics: Readonly<Record<string, number>> = {}): Promise<MemoryMachine> {
    const machine = MemoryMachine.bare();
    await machine.startOnNothing('topic').createDirectory();
    for (const [name, partitions] of Object.entries(topics)) {
      await machine.start('topic').createTopic(name, partitions);
    }
    machine.killAll();
    return machine;
  }

  get directory(): DataDirectory {
    return openDataDirectory(this.fs, ROOT);
  }

  get uptimeMs(): number {
    return this.nowMs - this.#bootedMs;
  }

  /** Somebody sets the clock: no time passes. */
  setClock(nowMs: number): void {
    this.#bootedMs += nowMs - this.nowMs;
    this.nowMs = nowMs;
  }

  /** Makes chosen operations fail, of every process that starts from now on (see fault-fs.ts). */
  failWhen(faultOf: (operation: Operation) => Fault): void {
    this.#faultOf = faultOf;
  }

  start(command = 'consume', number = LIVING): MemoryProcess {
    const started = this.startOnNothing(command, number);
    started.openDirectory();
    return started;
  }

  /** A process that looks for no data directory before it is told to make one, or to open it. */
  startOnNothing(command: string, number = LIVING): MemoryProcess {
    const started = new MemoryProcess(this, { ...number, command });
    this.#processes.push(started);
    started.fs.failWhen(this.#faultOf);
    return started;
  }

  killAll(): void {
    for (const each of this.#processes) each.kill();
  }

  /** All as it is now, synced or not, on a machine of its own where nothing runs. */
  afterKill(): MemoryMachine {
    const { bootId, nowMs } = this;
    const machine = new MemoryMachine(this.fs.fork(), { bootId, nowMs });
    machine.#bootedMs = this.#bootedMs;
    return machine;
  }

  /** What the seed leaves of it (see memory-fs.ts), after the next boot. */
  afterPowerCut(seed: number): MemoryMachine {
    const { nowMs } = this;
    return new MemoryMachine(this.fs.crashClone(seed), { bootId: `${this.bootId}+`, nowMs });
  }
}

export interface AppendOptions {
  /** Of every record; the default is now. */
  readonly timestampMs?: number;
  /** Records that nobody has synced are there to be read all the same. */
  readonly isSynced?: boolean;
}

export class MemoryProcess {
  /** Its own view of the disk, to make operations fail in. */
  readonly fs: FaultFileSystem;
  readonly env: Environment;
  readonly stop = new AbortController();
  #cluster: DirectoryCluster | undefined;
  readonly #locks: MemoryLock[] = [];
  #isKilled = false;

  constructor(machine: MemoryMachine, owner: OwnerIdentity) {
    this.fs = new FaultFileSystem(machine.fs);
    this.env = {
      fs: this.fs,
      locks: this.#ownLocks(machine.locks),
      now: () => machine.nowMs,
      uptimeMs: () => machine.uptimeMs,
      bootId: machine.bootId,
      owner,
    };
  }

  get cluster(): DirectoryCluster {
    assert(this.#cluster !== undefined, 'the data directory was opened');
    return this.#cluster;
  }

  get directory(): DataDirectory {
    return this.cluster.directory;
  }

  openDirectory(): void {
    this.#cluster = new DirectoryCluster(this.env, openDataDirectory(this.fs, ROOT), {
      lockTimeoutMs: 0,
      stop: this.stop.signal,
      random: () => 0,
    });
  }

  /** Makes the data directory where there is none, and opens it. */
  async createDirectory(): Promise<void> {
    await createDataDirectory({
      fs: this.fs,
      path: ROOT,
      lockProtocol: 'kernel',
      openLock: (path) => this.env.locks.open(path),
      lockTimeoutMs: 0,
    });
    this.openDirectory();
  }

  /** `lockfile` needs no second kind of lock, so one provider does for all. */
  #ownLocks(locks: MemoryLocks): LockProvider {
    return {
      protocol: 'lockfile',
      open: (path) => {
        const lock = new MemoryLock(locks, this.fs, path);
        this.#locks.push(lock);
        return lock;
      },
      isLocked: (path) => {
        this.fs.enter('stat', path);
        return locks.isLocked(path);
      },
    };
  }

  /** What a command that begins now has. */
  groups(): Promise<Groups> {
    return this.cluster.openGroups();
  }

  async createTopic(name: string, partitions: number, config: ConfigOverrides = {}): Promise<void> {
    await this.cluster.createTopic({ name, partitions, replicationFactor: 1, config });
  }

  /** Each value becomes a batch of its own. */
  async append(
    topic: string,
    partition: number,
    values: readonly string[],
    { timestampMs, isSynced = true }: AppendOptions = {},
  ): Promise<void> {
    const producer = await this.cluster.openProducer(topic, {
      compression: 'none',
      sync: isSynced ? 'batch' : 'never',
      partition,
      onAcknowledged: () => undefined,
    });
    for (const value of values) {
      const bytes = Buffer.from(value);
      producer.add({ key: null, value: bytes, headers: [], timestamp: timestampMs, partition });
      await producer.flush({ all: true });
    }
    if (isSynced) await producer.settle();
    await producer.close();
  }

  /** As a command ends, well or not: it lets go of its locks and files. */
  end(): void {
    if (!this.#isKilled) this.#cluster?.close();
    this.kill();
  }

  /** SIGKILL: its locks are free, and it touches nothing any more. */
  kill(): void {
    if (this.#isKilled) return;
    this.#isKilled = true;
    this.fs.failWhen(() => {
      throw new ProcessKilled();
    });
    for (const lock of this.#locks) lock.unlock();
  }
}
