/**
 * Reads that give out less than was asked for, as a signal or a network file system makes them: the half,
 * or a single byte. Nobody is to see it. strace answers in the kernel's place, with the file's own bytes,
 * so this takes a command that changes nothing. SPOOL_SWEEP=all: every length.
 */
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { cannotTrace } from './cannot-trace.js';
import { Scene } from './scene.js';
import { parseTrace, pathsOf } from './system-call.js';
import { strikeProgram, traceProgram } from './traced-program.js';

const CONSUME = { words: ['consume', 't'] };

interface Read {
  readonly path: string;
  readonly ordinal: number;
  readonly position: number;
  /** How many bytes there were. */
  readonly count: number;
}

/** `pread64(fd, "…", wanted, position) = count` */
const RESULT = /, \d+, (\d+)\) = (\d+)$/;

function readsIn(trace: string, root: string): Read[] {
  const ordinals = new Map<string, number>();
  return parseTrace(trace).flatMap((call) => {
    const [path] = pathsOf(call, root);
    if (call.name !== 'pread64' || path === undefined) return [];
    const ordinal = (ordinals.get(path) ?? 0) + 1;
    ordinals.set(path, ordinal);
    const [, position, count] = RESULT.exec(call.text) ?? [];
    return [{ path, ordinal, position: Number(position), count: Number(count) }];
  });
}

function lengthsOf({ count }: Read): number[] {
  if (count < 2) return [];
  if (process.env['SPOOL_SWEEP'] !== 'all') return [1, Math.floor(count / 2)];
  return Array.from({ length: count - 1 }, (_, at) => at + 1);
}

lane('a read that is cut short', { programs: ['strace'], check: cannotTrace }, () => {
  test('is gone on with', async () => {
    const scene = new Scene();
    try {
      await scene.succeed('topic', 'create', 't', '-q');
      await scene.succeed('produce', 't', '-m', 'one', '-m', 'two');
      await scene.succeed('produce', 't', '-m', 'three');
      const golden = await traceProgram(scene, CONSUME);
      expect(golden).toMatchObject({ code: 0, out: 'one\ntwo\nthree\n', err: '' });
      let count = 0;
      for (const read of readsIn(golden.trace, scene.root)) {
        const bytes = readFileSync(join(scene.root, read.path)).subarray(read.position);
        for (const length of lengthsOf(read)) {
          const aim = { name: 'pread64', path: read.path, ordinal: read.ordinal };
          const answer = bytes.subarray(0, length).toString('hex');
          const effect = `retval=${length}:poke_exit=@arg2=${answer}`;
          const { code, out, err, hit } = await strikeProgram(scene, CONSUME, { aim, effect });
          expect(hit).toBeDefined();
          expect({ read, length, code, out, err }).toMatchObject({
            code: 0,
            out: golden.out,
            err: '',
          });
          count++;
        }
      }
      printFigure(`${count} reads cut short`);
      expect(count).toBeGreaterThan(5);
    } finally {
      scene.remove();
    }
  });
});
