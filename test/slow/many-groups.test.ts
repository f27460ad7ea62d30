/** Many groups on one topic. SPOOL_GROUPS: how many. */
import { describe, expect, test } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCluster } from '../../src/core/index.js';
import { medianOf } from '../support/group-team.js';
import { type Shell, inShell } from '../support/shell.js';
import { printFigure, sizeFrom } from '../support/slow-size.js';

const GROUP_COUNT = sizeFrom('SPOOL_GROUPS', 1000);
const PARTITION_COUNT = 4;
const TRIES = 5;

/** Through the core: a process for each would take minutes. */
async function commitMany(shell: Shell): Promise<void> {
  const cluster = await openCluster({
    path: shell.dataDirectory,
    command: 'test',
    lockTimeoutMs: 5000,
    now: Date.now,
    random: Math.random,
    stop: new AbortController().signal,
  });
  try {
    const groups = await cluster.openGroups();
    const partitions = Array.from({ length: PARTITION_COUNT }, (_, partition) => partition);
    const offsets = partitions.map((partition) => ({ topic: 't', partition, offset: 1 }));
    for (let number = 0; number < GROUP_COUNT; number++) {
      await groups.move(`g${number}`, { kind: 'offsets', offsets, clamp: false });
    }
  } finally {
    cluster.close();
  }
}

async function timeCommand(shell: Shell, script: string): Promise<number> {
  const tookMs: number[] = [];
  for (let time = 0; time < TRIES; time++) {
    const beganMs = performance.now();
    const { code, err } = await shell.run(script);
    tookMs.push(performance.now() - beganMs);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  }
  return medianOf(tookMs);
}

/** Of every file of the groups: which it is, and when it was written. */
function fingerprints(shell: Shell): Map<string, string> {
  const folder = join(shell.dataDirectory, 'groups');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const { ino, mtimeMs, size } = statSync(path);
      return [path, `${ino} ${mtimeMs} ${size}`];
    }),
  );
}

describe('many groups of one topic', () => {
  test(
    `are listed in little time, and leave each other alone (${GROUP_COUNT} groups)`,
    inShell(async (shell) => {
      await shell.run(`spool topic create t -p ${PARTITION_COUNT}`);
      await shell.run("seq 1000 | sed 's/.*/&\\t&/' | spool produce t -F kv");
      await commitMany(shell);
      const topicsMs = await timeCommand(shell, 'spool topic list');
      const groupsMs = await timeCommand(shell, 'spool group list');
      printFigure(
        `group list with ${GROUP_COUNT} groups: ${Math.round(groupsMs)} ms; ` +
          `topic list: ${Math.round(topicsMs)} ms`,
      );
      const { out } = await shell.run('spool group list --json');
      expect(JSON.parse(out)).toHaveLength(GROUP_COUNT);
      expect(groupsMs).toBeLessThan(topicsMs * 8);

      const before = fingerprints(shell);
      expect((await shell.run('spool group commit g7 t:0=5 -y')).code).toBe(0);
      const after = fingerprints(shell);
      const changed = [...after].filter(([path, print]) => before.get(path) !== print);
      const own = join(shell.dataDirectory, 'groups/g7');
      expect(changed.length).toBeGreaterThan(0);
      expect(changed.filter(([path]) => !path.startsWith(own))).toEqual([]);
      expect(after.size).toBeGreaterThanOrEqual(before.size);
    }),
  );
});
