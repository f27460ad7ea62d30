/**
 * Where the jars of the Kafka release under test are. `scripts/kafka/fetch.sh` brings them once; a
 * machine without Java or Maven skips the suites and says why, but in CI (CI=true) that is a failure.
 */
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from '@jest/globals';

export interface KafkaInstall {
  /** The release, e.g. `4.3.1`. */
  readonly version: string;
  readonly classPath: string;
  /** Folder of the log4j configurations. */
  readonly scripts: string;
}

/** Of automake's: the test could not be run here. */
const SKIP_STATUS = 77;
const SCRIPTS = fileURLToPath(new URL('../../scripts/kafka/', import.meta.url));

let found: KafkaInstall | { readonly reason: string } | undefined;

function find(): KafkaInstall | { readonly reason: string } {
  const run = spawnSync(join(SCRIPTS, 'fetch.sh'), { encoding: 'utf8' });
  if (run.status === SKIP_STATUS) return { reason: run.stderr.trim() };
  if (run.status !== 0) throw new Error(`scripts/kafka/fetch.sh failed:\n${run.stderr}`);
  const home = run.stdout.trim();
  return {
    version: basename(home),
    classPath: `${join(home, 'libs', '*')}:${join(home, 'classes')}`,
    scripts: SCRIPTS,
  };
}

function findOnce(): KafkaInstall | { readonly reason: string } {
  found ??= find();
  return found;
}

/** The install; only to be called inside of `describeWithKafka`. */
export function kafkaInstall(): KafkaInstall {
  const install = findOnce();
  if ('reason' in install) throw new Error(install.reason);
  return install;
}

/**
 * A `describe` that is skipped, with its reason on stderr, where there is no Kafka, or where
 * `alsoMissing` names something else that is not there. In CI nothing may be missing.
 */
export function describeWithKafka(name: string, body: () => void, alsoMissing?: string): void {
  const install = findOnce();
  const reason = 'reason' in install ? install.reason : alsoMissing;
  if (reason === undefined) {
    describe(name, body);
    return;
  }
  if (process.env['CI'] === 'true') throw new Error(`${name}: ${reason}`);
  process.stderr.write(`${name}: ${reason}\n`);
  // The body is not run: it may look at what is missing.
  describe.skip(name, () => {
    test('needs what is missing here', () => undefined);
  });
}
