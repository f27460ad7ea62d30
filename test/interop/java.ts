/** One run of a Java program from the Kafka class path. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { kafkaInstall } from './kafka-install.js';

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly code: number | null;
}

/**
 * Options for a JVM that lives for a second or two: no second compiler, no parallel collector.
 * Kafka's snappy, lz4 and zstd take about 100 MiB with the largest batches of the suites.
 */
const SHORT_LIVED = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

export function javaArguments(logging: 'silent' | 'broker', main: string): string[] {
  const { classPath, scripts } = kafkaInstall();
  const configuration = join(scripts, `log4j2-${logging}.properties`);
  return [`-Dlog4j2.configurationFile=${configuration}`, '-cp', classPath, main];
}

/** Runs to the end, whatever the exit code; rejects only if there is no `java` to run. */
export function runJava(main: string, args: readonly string[], input = ''): Promise<Finished> {
  return run('java', [...SHORT_LIVED, ...javaArguments('silent', main), ...args], input);
}

/** Like `runJava`, but a failure or a word on stderr rejects. Returns stdout. */
export async function runJavaCleanly(
  main: string,
  args: readonly string[],
  input = '',
): Promise<string> {
  const { stdout, stderr, code } = await runJava(main, args, input);
  if (code !== 0 || stderr !== '') {
    throw new Error(`${main} exited with ${String(code)}:\n${stderr}\n${stdout.slice(-2000)}`);
  }
  return stdout;
}

/** The output is UTF-8. `environment` is added to this process's own. */
export function run(
  command: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...environment } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8');
      resolve({ stdout: text(stdout), stderr: text(stderr), code });
    });
    // A program that stops reading says so by its exit code; EPIPE here would only hide that.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
