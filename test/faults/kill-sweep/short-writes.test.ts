/**
 * A file that must not grow past a limit (`ulimit -f`, a quota): the write that meets it is cut short by
 * the kernel, in the middle of a batch, and the next one refused. Nothing of it is acknowledged, what was
 * written of it is taken back, and all goes on once there is room. SPOOL_SWEEP=all: at every byte.
 */
import { expect, test } from '@jest/globals';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { Scene } from './scene.js';

/** More than the other files have, so that the limit is only met by the log. */
const OLD = 'x'.repeat(5000);
const NEW = 'a new record';

/** A batch of one record with this value: 61 bytes of header, 6 more around the value, and the value. */
const BATCH_BYTES = 61 + 7 + NEW.length;

const LIMITS =
  process.env['SPOOL_SWEEP'] === 'all'
    ? Array.from({ length: BATCH_BYTES }, (_, bytes) => bytes)
    : [0, 1, 11, 12, 60, 61, 70, BATCH_BYTES - 1];

lane('a write that is cut short', { programs: ['prlimit'] }, () => {
  test('is taken back, wherever in the batch it ends', async () => {
    const template = new Scene();
    try {
      await template.succeed('topic', 'create', 't', '-q');
      await template.succeed('produce', 't', '-m', OLD);
      for (const bytes of LIMITS) await cutShort(template, bytes);
    } finally {
      template.remove();
    }
    printFigure(`${LIMITS.length} writes cut short`);
  });

  test('leaves no half of a topic, and no half of a position', async () => {
    const scene = new Scene();
    try {
      await scene.succeed('topic', 'create', 't', '-q');
      await scene.succeed('produce', 't', '-m', OLD, '-m', OLD);
      await scene.succeed('group', 'commit', 'g', 't=1', '-y', '-q');
      const tight = ['prlimit', '--fsize=100'];
      for (const words of [
        ['topic', 'create', 'u'],
        ['topic', 'alter', 't', '-c', 'retention.ms=100000000'],
        ['group', 'commit', 'g', 't=2', '-y'],
        ['topic', 'create', 'u'],
      ]) {
        const { code, stderr } = await scene.runLimited(tight, ...words);
        expect({ words, code, stderr }).toMatchObject({ code: 1 });
        expect(stderr).toMatch(/^error: .*the file would be larger than the limit/);
        expect(stderr).toContain(scene.dataDir);
      }
      expect(await scene.topics()).toEqual(['t']);
      expect(await scene.config('t')).toEqual({});
      expect((await scene.group('g'))!.partitions[0]!.committedOffset).toBe(1);
      expect(scene.leftovers()).toEqual([]);
      await scene.succeed('topic', 'create', 'u', '-q');
      expect(await scene.damage()).toEqual([]);
    } finally {
      scene.remove();
    }
  });
});

async function cutShort(template: Scene, bytes: number): Promise<void> {
  const scene = new Scene(template.dataDir);
  try {
    const log = join(scene.partitionFolder('t-0'), '00000000000000000000.log');
    const { size } = statSync(log);
    const produce = ['produce', 't', '-m', NEW, '--report'];
    const limit = ['prlimit', `--fsize=${size + bytes}`];
    const { code, stdout, stderr } = await scene.runLimited(limit, ...produce);
    expect({ bytes, code, stdout }).toEqual({ bytes, code: 1, stdout: '' });
    expect(stderr).toContain(log);
    expect(statSync(log).size).toBe(size);
    await scene.succeed(...produce);
    expect(statSync(log).size).toBe(size + BATCH_BYTES);
    expect(await scene.stored('t')).toEqual([{ startOffset: 0, values: [OLD, NEW] }]);
    expect(await scene.damage()).toEqual([]);
  } finally {
    scene.remove();
  }
}
