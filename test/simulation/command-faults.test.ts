/**
 * Every writing command with each of its calls of the file system failing, reads too: the disk full, an
 * input/output error, no more files to open, a write cut short, a sync that takes the unsynced bytes with
 * it; once, and from then on for ever. The command says what failed, or succeeds; nothing is acknowledged
 * that is not there; once the fault is over ordinary commands go on, and a power cut after that takes
 * nothing that was acknowledged. (EINTR and short reads end below this interface: test/core/fs.)
 *
 * SPOOL_TEST_SEEDS: at 480 each call fails in each way, at 6 one in eighty of them.
 */
import { expect, test } from '@jest/globals';

import { isCoreError } from '../../src/core/errors.js';
import type { Fault, Operation } from '../support/fault-fs.js';
import { sizeFrom } from '../support/slow-size.js';
import { goOn, named } from './aftermath.js';
import { type Stage, newStage } from './stage.js';
import { STORIES, type Step, type Story } from './stories.js';
import { allowedAt, tell } from './telling.js';

const SHARE = Math.min(1, sizeFrom('SPOOL_TEST_SEEDS', 6) / 480);

type Kind = Operation['kind'];

interface Failure {
  readonly name: string;
  readonly fault: NonNullable<Fault>;
  /** Calls of these kinds can fail like this. */
  readonly kinds: readonly Kind[];
  /** What the command may say. */
  readonly codes: readonly string[];
}

const GROWING: readonly Kind[] = ['create', 'append', 'makeDirectory', 'link'];
const SYNCING: readonly Kind[] = ['sync', 'syncLater', 'syncDirectory'];
const OPENING: readonly Kind[] = ['read', 'update', 'create', 'list', 'syncDirectory'];
const CHANGING: readonly Kind[] = ['truncate', 'rename', 'removeFile', 'removeDirectory'];
const READING: readonly Kind[] = ['read', 'readAt', 'stat', 'list'];

const FAILURES: readonly Failure[] = [
  { name: 'the disk is full', fault: 'DISK_FULL', kinds: GROWING, codes: ['DISK_FULL'] },
  {
    name: 'an error of the disk while it changes',
    fault: 'IO_ERROR',
    kinds: [...GROWING, ...CHANGING, 'writeAt'],
    codes: ['IO_ERROR', 'SYNC_FAILED'],
  },
  {
    name: 'an error of the disk while it is read',
    fault: 'IO_ERROR',
    kinds: READING,
    // What a roll must know before it syncs: that counts as a part of the sync.
    codes: ['IO_ERROR', 'SYNC_FAILED'],
  },
  {
    name: 'a sync that fails',
    fault: 'IO_ERROR',
    kinds: SYNCING,
    codes: ['IO_ERROR', 'SYNC_FAILED'],
  },
  {
    name: 'a write that is cut short',
    fault: { shortWrite: 7 },
    kinds: ['append', 'writeAt'],
    codes: ['DISK_FULL', 'IO_ERROR'],
  },
  {
    name: 'too many open files',
    fault: 'TOO_MANY_OPEN_FILES',
    kinds: OPENING,
    codes: ['TOO_MANY_OPEN_FILES'],
  },
];

interface Case {
  readonly failure: Failure;
  readonly operation: Operation;
  /** Of all calls of all commands of the story. */
  readonly at: number;
  readonly isForEver: boolean;
}

test.each(STORIES)('$name', async (story) => {
  const { telling, operations } = await tellWell(story);
  const all = operations.flatMap((operation, at) =>
    FAILURES.filter(({ kinds }) => kinds.includes(operation.kind)).flatMap((failure) =>
      [false, true].map((isForEver) => ({ failure, operation, at, isForEver })),
    ),
  );
  const chosen = all.filter((_, at) => Math.floor((at + 1) * SHARE) > Math.floor(at * SHARE));
  for (const [turn, each] of chosen.entries()) {
    const { failure, operation, at, isForEver } = each;
    const when = isForEver ? 'from then on' : 'once';
    const what = `${failure.name}, ${when}: call ${at}, ${operation.kind} ${operation.path}`;
    await named(what, async () => {
      const stage = await newStage(story);
      const step = await tellUntilFailure(stage, story.steps, each);
      const { machine, ledger } = stage;
      const hasLostBytes = ['sync', 'syncLater'].some((kind) =>
        failure.kinds.includes(kind as Kind),
      );
      const accident = { machine, ledger, wasPowerCut: false, hasLostBytes };
      await goOn({ ...accident, allowed: await allowedAt(telling, step) }, turn);
    });
  }
});

async function tellWell(story: Story) {
  const operations: Operation[] = [];
  const stage = await newStage(story);
  stage.machine.failWhen((operation) => {
    operations.push(operation);
    return undefined;
  });
  const telling = await tell(stage, story.steps, () => ({ isKilled: false, seeds: [] }));
  return { telling, operations };
}

/** The step that failed, or the number of all if none did. */
async function tellUntilFailure(
  stage: Stage,
  steps: readonly Step[],
  { failure, at, isForEver }: Case,
): Promise<number> {
  let count = 0;
  stage.machine.failWhen(({ kind }) => {
    const number = count++;
    const isDue = isForEver ? number >= at : number === at;
    return isDue && failure.kinds.includes(kind) ? failure.fault : undefined;
  });
  try {
    for (const [step, { run }] of steps.entries()) {
      try {
        await run(stage);
      } catch (error) {
        if (!isCoreError(error)) throw error;
        expect(failure.codes).toContain(error.code);
        return step;
      }
    }
    return steps.length;
  } finally {
    stage.machine.failWhen(() => undefined);
    await stage.killAll();
  }
}
