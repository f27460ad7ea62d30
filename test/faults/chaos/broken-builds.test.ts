/**
 * Builds of the program with one deliberate defect each. Where the defect shows among processes, the
 * checker must see it; where it takes a power cut, the simulation, which has one, must; and what only the
 * system can tell, that a sync is one, its trace of system calls must. The sound build passes each.
 *
 * SPOOL_SEED: what is written. Needs strace for the last.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lane } from '../../support/lane.js';
import { printFigure, printedSeed } from '../../support/slow-size.js';
import { BrokenBuild, type Substitution } from './broken-build.js';
import { type Invariant, type Violation, describeViolations } from './checker.js';
import { contend, createTopic, judge, writeOne } from './contention.js';
import { LAUNCHER } from './spool-process.js';
import { acknowledgesOnlySynced, traceProduce } from './sync-trace.js';
import { World } from './world.js';

/** Of each of the pipes that compete. */
const WANTED_RECORDS = 1500;

const builds: BrokenBuild[] = [];
afterAll(() => {
  for (const build of builds.splice(0)) build.remove();
});

function brokenBuild(substitutions: readonly Substitution[]): BrokenBuild {
  const build = new BrokenBuild(substitutions);
  builds.push(build);
  return build;
}

const NO_LOCK: readonly Substitution[] = [
  {
    file: 'core/fs/kernel-lock.ts',
    from: "addon.tryLock(file.descriptor, 0, 0, kind === 'exclusive');",
    to: '',
  },
];

/** Nor does it look whether somebody else was there meanwhile. */
const NO_LOCK_NOR_CHECK: readonly Substitution[] = [
  ...NO_LOCK,
  {
    file: 'core/log/log-lock.ts',
    from: 'if (found.counter === held.counter && found.fence === held.fence) return;',
    to: 'if (found.counter > 0) return;',
  },
  {
    file: 'core/log/active-segment.ts',
    from: 'if (open.sizeBytes !== this.tail.sizeBytes &&',
    to: 'if (open.sizeBytes < 0 &&',
  },
];

/** It believes its own memory of where the log ends, and writes there. */
const REMEMBERED_END: readonly Substitution[] = [
  {
    file: 'core/log/log-writer.ts',
    from: 'if (this.#lock.isUndisturbed && this.#isCertain &&',
    to: 'if (this.#isCertain &&',
  },
  {
    file: 'core/log/active-segment.ts',
    from: 'if (open.sizeBytes !== this.tail.sizeBytes &&',
    to: 'if (open.sizeBytes < 0 &&',
  },
  {
    file: 'core/log/active-segment.ts',
    from: 'this.segment.log.append(bytes, 0, length)',
    to: 'this.segment.log.writeAt(bytes, 0, length, position)',
  },
  {
    file: 'core/segment/segment.ts',
    from: 'const mode = suffix === LOG_SUFFIX ||',
    to: "const mode = suffix === LOG_SUFFIX ? 'update' :",
  },
];

const DATA: readonly Invariant[] = ['lost-write', 'inconsistent-offsets', 'duplicate', 'hole'];

describe('a build among processes', () => {
  const seed = printedSeed();

  test('that is sound passes', async () => {
    const violations = await contend(LAUNCHER, seed, WANTED_RECORDS);
    expect(describeViolations(violations)).toBe('');
  });

  test.each([
    // Its checks before the write notice most of the others, and give up.
    ['without a lock', NO_LOCK, [...DATA, 'liveness']],
    ['without a lock or a look behind it', NO_LOCK_NOR_CHECK, DATA],
    ['that writes at the end that it remembers', REMEMBERED_END, DATA],
  ] as const)('%s is caught', async (_, substitutions, expected) => {
    const violations = await contend(brokenBuild(substitutions).build(), seed, WANTED_RECORDS);
    printFigure(`caught by ${namesOf(violations).join(', ')}`);
    expect(namesOf(violations).some((name) => expected.includes(name))).toBe(true);
  });
});

function namesOf(violations: readonly Violation[]): Invariant[] {
  return [...new Set(violations.map(({ invariant }) => invariant))];
}

const UNSYNCED_COMMIT: readonly Substitution[] = [
  {
    file: 'core/log/log-reader.ts',
    from: 'syncBefore(offset: number): void {',
    to: 'syncBefore(offset: number): void {\n    if (offset >= 0) return;',
  },
];

const LOG_CRASH = 'test/simulation/log-crash.test.ts';
const POWER_CUT = 'a power cut after any operation of append and roll loses nothing';
const KILL = 'kill -9 after any operation of append and roll loses nothing';

describe('a build that loses power', () => {
  test.each([
    [
      'and does not sync what it acknowledges',
      [
        {
          file: 'core/log/log-writer.ts',
          from: 'await active?.segment.log.syncLater();',
          to: 'await Promise.resolve();',
        },
      ],
      ...[LOG_CRASH, POWER_CUT, KILL],
    ],
    [
      'and does not sync the segment that it leaves',
      [
        {
          file: 'core/log/active-segment.ts',
          from: 'this.segment.log.sync();\n    this.segment.offsetIndex',
          to: 'this.segment.offsetIndex',
        },
      ],
      ...[LOG_CRASH, POWER_CUT, KILL],
    ],
    [
      'and commits what it has read without syncing it',
      UNSYNCED_COMMIT,
      'test/core/cluster/group-crash.test.ts',
      'by a power cut',
      'by a kill',
    ],
  ] as const)('%s is caught', (_, substitutions, path, redTitle, greenTitle) => {
    const outcomes = brokenBuild(substitutions).runTests(path);
    const passed = (title: string): boolean[] =>
      outcomes.filter((outcome) => outcome.title.includes(title)).map(({ hasPassed }) => hasPassed);
    // It is this defect that is seen, not that the copy does not run at all.
    expect(passed(greenTitle)).toContain(true);
    expect(passed(redTitle)).toContain(false);
  });
});

/** A lease of 6 s instead of 30, kernel locks that are not there, and gates to hold a writer at. */
const SHORT_LEASE: readonly Substitution[] = [
  {
    file: 'core/fs/kernel-lock.ts',
    from: 'return loadLockAddon() !== undefined;',
    to: 'return loadLockAddon() === null;',
  },
  {
    file: 'core/fs/lockfile-lease.ts',
    from: 'export const STALE_MS = 30_000;',
    to: 'export const STALE_MS = 6_000;',
  },
  {
    file: 'core/fs/lockfile-lease.ts',
    from: 'const REFRESH_MS = 10_000;',
    to: 'const REFRESH_MS = 3_000;',
  },
  {
    file: 'core/fs/lockfile-lease.ts',
    from: 'const MARGIN_MS = 5_000;',
    to: 'const MARGIN_MS = 1_000;',
  },
  {
    file: 'core/log/log-writer.ts',
    from: '      this.#lock.check();\n      this.#activeSegment.checkUntouched(this.#env.fs);\n',
    to: `      ${gate('SPOOL_GATE_BEFORE')}
      this.#lock.check();
      this.#activeSegment.checkUntouched(this.#env.fs);
      ${gate('SPOOL_GATE_AFTER')}\n`,
  },
];

/** Says that it has come, and stands still, timers too, until the file that the variable names is there. */
function gate(variable: string): string {
  return `{
    const fs = process.getBuiltinModule('node:fs');
    const gate = process.env['${variable}'];
    if (gate) fs.writeFileSync(gate + '.reached', '');
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (gate && !fs.existsSync(gate)) Atomics.wait(cell, 0, 0, 5);
  }`;
}

const CARELESS_RELEASE: Substitution = {
  file: 'core/fs/lockfile-lease.ts',
  from: 'if (found === this.#ours) rmdirSync(this.#directory);',
  to: 'rmdirSync(this.#directory);',
};

/** Long enough for a command that need not wait, and shorter than what is left of a lease. */
const MEANWHILE_MS = 2500;

/**
 * One writer stands still until its lease is stale. Another takes over, checks its lease, and stands still
 * too, right before it writes. The first wakes up, sees that it was passed over, and lets go: of what?
 * Then a third comes.
 */
async function overtake(launcher: string): Promise<Violation[]> {
  const world = new World(launcher);
  const open = (name: string): void => writeFileSync(join(world.disk.root, name), '');
  const reached = async (name: string): Promise<void> => {
    while (!existsSync(join(world.disk.root, `${name}.reached`))) await sleep(10);
  };
  try {
    await createTopic(world);
    await writeOne(world);
    const first = writeOne(world, { SPOOL_GATE_BEFORE: join(world.disk.root, 'first') }, true);
    await reached('first');
    const second = writeOne(world, { SPOOL_GATE_AFTER: join(world.disk.root, 'second') });
    await reached('second');
    open('first');
    await first;
    const third = writeOne(world);
    await Promise.race([third, sleep(MEANWHILE_MS)]);
    open('second');
    await Promise.all([second, third]);
    return await judge(world);
  } finally {
    world.remove();
  }
}

describe('a build with leases for locks', () => {
  test.concurrent('that is sound lets nobody in while another writes', async () => {
    const violations = await overtake(brokenBuild(SHORT_LEASE).build());
    expect(describeViolations(violations)).toBe('');
  });

  test.concurrent('that lets go of what is not its own is caught', async () => {
    const violations = await overtake(brokenBuild([...SHORT_LEASE, CARELESS_RELEASE]).build());
    printFigure(`caught by ${namesOf(violations).join(', ')}`);
    expect(namesOf(violations)).toContain('inconsistent-offsets');
  });
});

const SYNC_OF_NOTHING: readonly Substitution[] = [
  {
    file: 'core/fs/node-file.ts',
    from: 'fdatasync(this.descriptor, (error) => {',
    to: '((_: number, done: (error: null) => void) => setImmediate(done, null))(this.descriptor, (error) => {',
  },
];

lane('a build that the system sees', { programs: ['strace'] }, () => {
  const traced = async (launcher: string): Promise<boolean> => {
    const world = new World(launcher);
    try {
      await createTopic(world);
      return acknowledgesOnlySynced(traceProduce(world));
    } finally {
      world.remove();
    }
  };

  test('that is sound acknowledges what the system was told to sync', async () => {
    expect(await traced(LAUNCHER)).toBe(true);
  });

  test('whose sync is none is caught', async () => {
    expect(await traced(brokenBuild(SYNC_OF_NOTHING).build())).toBe(false);
  });
});
