/**
 * One real Kafka node (broker and controller in one process) on loopback ports that were free a
 * moment ago. Everything it writes is in one folder, so it can be stopped, killed, copied from and
 * started again there.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { javaArguments, runJavaCleanly } from './java.js';

export interface KafkaBroker {
  readonly bootstrapServer: string;
  /** Kafka's log directory: `<topic>-<partition>` folders. */
  readonly logDir: string;
  /** SIGTERM, and waits until everything is flushed and closed. */
  stop(): Promise<void>;
  /** kill -9: the indexes keep their full, zero-padded size. */
  kill(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const HEAP = ['-Xms256m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
/** Any will do: the cluster never meets another. */
const CLUSTER_ID = 'SpoolInteropCluster001';

/** Starts a node in `folder`, which is formatted first if it is empty. Resolves when it serves. */
export async function startBroker(folder: string): Promise<KafkaBroker> {
  const logDir = join(folder, 'log');
  const properties = join(folder, 'server.properties');
  const [brokerPort, controllerPort] = await freePorts();
  mkdirSync(folder, { recursive: true });
  writeFileSync(properties, serverProperties(logDir, brokerPort, controllerPort));
  if (!existsSync(join(logDir, 'meta.properties'))) {
    const options = ['--cluster-id', CLUSTER_ID, '--config', properties];
    await runJavaCleanly('kafka.tools.StorageTool', ['format', ...options]);
  }
  const output = join(folder, 'broker.out');
  const child = spawnBroker(properties, output, folder);
  await untilStarted(child, output);
  return {
    bootstrapServer: `127.0.0.1:${brokerPort}`,
    logDir,
    stop: () => end(child, 'SIGTERM', output),
    kill: () => end(child, 'SIGKILL', output),
  };
}

function serverProperties(logDir: string, brokerPort: number, controllerPort: number): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': logDir,
    // One partition of each internal topic, on this one node.
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // The fixtures' records are old on purpose.
    'log.retention.ms': -1,
    // Compaction: soon, and within a small heap.
    'log.initial.task.delay.ms': 100,
    'log.cleaner.backoff.ms': 200,
    'log.cleaner.dedupe.buffer.size': 2 * 1024 * 1024,
    'num.network.threads': 1,
    'num.io.threads': 2,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Two ports at once, so that they differ. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = await Promise.all([listen(), listen()]);
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return [ports[0]!, ports[1]!];
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function spawnBroker(properties: string, output: string, folder: string): ChildProcess {
  const outputFile = openSync(output, 'w');
  const child = spawn(
    'java',
    [...HEAP, `-Dkafka.logs.dir=${folder}`, ...javaArguments('broker', 'kafka.Kafka'), properties],
    { stdio: ['ignore', outputFile, outputFile] },
  );
  closeSync(outputFile);
  // A test run that crashes must not leave a broker behind.
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  return child;
}

async function untilStarted(child: ChildProcess, output: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!readFileSync(output, 'utf8').includes('Kafka Server started')) {
    if (hasEnded(child) || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Kafka did not start:\n${readFileSync(output, 'utf8').slice(-4000)}`);
    }
    await sleep(POLL_MS);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals, output: string): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  child.kill(signal);
  while (!hasEnded(child)) {
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`Kafka did not stop:\n${readFileSync(output, 'utf8').slice(-4000)}`);
    }
    await sleep(POLL_MS);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
