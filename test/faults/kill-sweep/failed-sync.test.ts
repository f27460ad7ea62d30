/**
 * The disk refuses to sync a log: nothing is acknowledged, the range is written down where verify sees it,
 * and whoever comes next goes on in a new segment. (What the page cache then says is the business of the
 * suites that can make a real disk fail.)
 */
import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lane } from '../../support/lane.js';
import { cannotTrace } from './cannot-trace.js';
import { Scene } from './scene.js';
import { strikeProgram } from './traced-program.js';

const LOG = '00000000000000000000.log';

lane('a sync that fails', { programs: ['strace'], check: cannotTrace }, () => {
  test.each([
    ['EIO', false],
    ['EIO', true],
    ['ENOSPC', false],
    ['EDQUOT', false],
  ])(
    'with %s (for good: %s) acknowledges nothing, and is written down',
    async (effect, isLasting) => {
      const scene = new Scene();
      try {
        await scene.succeed('topic', 'create', 't', '-q');
        await scene.succeed('produce', 't', '-m', 'old');
        const words = ['produce', 't', '-m', 'uncertain', '--report'];
        const path = `/data/brokers/0/log/t-0/${LOG}`;
        const aim = { name: 'fdatasync', path, ordinal: 1 };
        const { code, out, err } = await strikeProgram(
          scene,
          { words },
          { aim, effect, isLasting },
        );
        expect({ code, out }).toEqual({ code: 1, out: '' });
        expect(err).toContain(
          `${scene.partitionFolder('t-0')}: the disk refused to sync offsets 1 to 1`,
        );
        expect(err).toContain('may or may not have been stored');
        expect(await scene.findings()).toContainEqual({
          kind: 'note',
          file: join(scene.dataDir, 'partitions/t-0'),
          position: null,
          offset: 1,
          reason: 'the sync of records 1 to 1 failed: they were never acknowledged',
        });
        const next = await scene.succeed('produce', 't', '-m', 'next', '--report');
        expect(JSON.parse(next)).toMatchObject({ first: 2, last: 2 });
        expect(existsSync(join(scene.partitionFolder('t-0'), '00000000000000000002.log'))).toBe(
          true,
        );
        const records = await scene.records('t');
        expect([records.get(0), records.get(2)]).toEqual(['old', 'next']);
        expect(await scene.damage()).toEqual([]);
      } finally {
        scene.remove();
      }
    },
  );
});
