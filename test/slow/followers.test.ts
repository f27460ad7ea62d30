/**
 * A writer, a pruner and followers of one topic. SPOOL_FOLLOW_MS: for how long; SPOOL_SEED: when some
 * followers are stopped for so long that what they were to read is pruned.
 */
import { describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell, type RunningScript, type Shell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';

const WHILE_MS = sizeFrom('SPOOL_FOLLOW_MS', 20_000);

interface Jump {
  readonly first: number;
  readonly last: number;
}

/** Where the offsets that were read leave some out. */
function jumpsOf(out: string): Jump[] {
  const offsets = out.split('\n').slice(0, -1).map(Number);
  return offsets.flatMap((offset, at) => {
    const expected = at === 0 ? offset : offsets[at - 1]! + 1;
    if (offset < expected) throw new Error(`offset ${offset} came after ${expected - 1}`);
    return offset === expected ? [] : [{ first: expected, last: offset - 1 }];
  });
}

function reportedGaps(err: string): Jump[] {
  return [...err.matchAll(/offsets (\d+) to (\d+) /g)].map(([, first, last]) => ({
    first: Number(first),
    last: Number(last),
  }));
}

/** Stops it now and then for as long as it takes to prune what it is about to read. */
async function stopNowAndThen(
  follower: RunningScript,
  random: SeededRandom,
  endMs: number,
): Promise<void> {
  while (Date.now() < endMs) {
    follower.kill('SIGSTOP');
    await sleep(1000 + random.below(1500));
    follower.kill('SIGCONT');
    await sleep(random.below(500));
  }
}

function startWriter(shell: Shell): RunningScript {
  const feed = "while :; do printf '%0200d\\n' {1..2000}; sleep 0.05; done";
  return shell.start(`${feed} | spool produce t --report --linger 5ms > acks`);
}

function startPruner(shell: Shell): RunningScript {
  return shell.start('while sleep 0.1; do spool retention prune || exit; done');
}

describe('followers while the topic is written and pruned', () => {
  test(
    'see every offset, or say which were gone before they could',
    inShell(async (shell) => {
      const random = new SeededRandom(printedSeed());
      await shell.run('spool topic create t -c segment.bytes=1MiB -c retention.bytes=4MiB');
      const [writer, pruner] = [startWriter(shell), startPruner(shell)];
      const follow = (flags: string): RunningScript =>
        shell.start(`exec spool consume t -f -F '{offset}' ${flags}`);
      const steady = [follow(''), follow(''), follow('--clamp')];
      const clamped = follow('--clamp');
      const strict = follow('');
      const all = [...steady, clamped, strict];
      await Promise.all(all.map((one) => one.until(() => one.out !== '')));
      const endMs = Date.now() + WHILE_MS;
      await Promise.all([
        stopNowAndThen(clamped, random, endMs),
        stopNowAndThen(strict, random, endMs),
        sleep(WHILE_MS),
      ]);
      for (const other of [writer, pruner]) expect(other.isRunning).toBe(true);
      pruner.killGroup('SIGKILL');
      await sleep(500);
      for (const one of all) one.kill('SIGINT');
      const ends = await Promise.all(all.map((one) => one.ended));
      writer.killGroup('SIGKILL');

      for (const { signal, out, err } of ends.slice(0, 3)) {
        expect({ signal, err, jumps: jumpsOf(out) }).toEqual({
          signal: 'SIGINT',
          err: '',
          jumps: [],
        });
      }
      const [ofClamped, ofStrict] = [ends[3]!, ends[4]!];
      expect(ofClamped.signal).toBe('SIGINT');
      expect(jumpsOf(ofClamped.out)).toEqual(reportedGaps(ofClamped.err));
      expect(ofClamped.err).not.toContain('error');
      // Without --clamp the first gap ends it, behind what was there at that moment.
      const strictGaps = reportedGaps(ofStrict.err);
      expect(jumpsOf(ofStrict.out)).toEqual(strictGaps);
      expect(ofStrict.signal ?? ofStrict.code).toBe(strictGaps.length === 0 ? 'SIGINT' : 3);
      const counts = ends.map(({ out }) => out.split('\n').length - 1).join(' ');
      const gapCount = jumpsOf(ofClamped.out).length;
      printFigure(`records seen: ${counts}; ${gapCount} gaps told to the clamped one`);
      expect(gapCount).toBeGreaterThan(0);
      expect((await shell.run('spool verify')).err).toBe('');
    }),
  );
});
