/**
 * Records that nobody had synced: `--sync never` and then a power cut, or a copy of the disk as it is. What
 * is left is what had been sent up to some record, no hole and nothing else; everything that was synced
 * is in it; and the log goes on behind it. The disk writes back nothing by itself in these seconds, so a
 * sync in the middle of the work decides what is left.
 *
 * Of the faults: a power cut under `--sync never`; a copy of a disk image that is in use.
 */
import { expect, test } from '@jest/globals';
import { copyFileSync, constants } from 'node:fs';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { LOOP_PROGRAMS, LoopDisk, type LoopKind } from './loop-disk.js';
import { type MountedShell, onMounts } from './mounted-shell.js';

interface Case {
  readonly kind: LoopKind;
  readonly loss: 'power cut' | 'copy of the disk';
}

const SCRIPT = `
spool topic create t -c internal.segment.bytes=65536
seq 1 500 | spool produce t
seq 501 2500 | spool produce t --sync never --linger 0ms --rate 4000/s
sync -f data
seq 2501 9999 | spool produce t --sync never --linger 0ms --rate 9000/s
`;
const SYNCED_COUNT = 2500;

lane('records that nobody had synced', { root: true, programs: LOOP_PROGRAMS }, () => {
  test.each<Case>([
    { kind: 'ext4', loss: 'power cut' },
    { kind: 'xfs', loss: 'power cut' },
    { kind: 'ext4', loss: 'copy of the disk' },
    { kind: 'xfs', loss: 'copy of the disk' },
  ])('go from some record on, and none before it ($loss, $kind)', (given) =>
    onMounts((shell) => lose(shell, given))(),
  );
});

async function lose(shell: MountedShell, { kind, loss }: Case): Promise<void> {
  const disk = new LoopDisk(shell, kind);
  shell.dataDirectory = `${disk.path}/data`;
  const sent = await shell.run(`cd ${disk.path}; ${SCRIPT}`);
  expect(sent).toMatchObject({ code: 0, err: '' });
  if (loss === 'power cut') {
    disk.cutPower();
    disk.restorePower();
  } else {
    const image = `${disk.image}.copy`;
    copyFileSync(disk.image, image, constants.COPYFILE_FICLONE);
    // XFS does not like two of one name.
    const options = kind === 'xfs' ? 'loop,nouuid' : 'loop';
    shell.dataDirectory = `${shell.mount('copy', '-o', options, image)}/data`;
  }
  shell.reboot('after');
  const left = await shell.run('spool verify -q; spool consume t');
  expect(left).toMatchObject({ code: 0, err: '' });
  const values = left.out.split('\n').slice(0, -1);
  expect(values).toEqual(values.map((_, at) => `${at + 1}`));
  expect(values.length).toBeGreaterThanOrEqual(SYNCED_COUNT);
  const next = await shell.run(
    "spool produce t -m next --report && spool consume t --from -1 -F '{offset} {value}' && spool verify -q",
  );
  const acknowledged = `{"topic":"t","partition":0,"first":${values.length},"last":${values.length}}`;
  expect(next).toMatchObject({ out: `${acknowledged}\n${values.length} next\n`, code: 0 });
  printFigure(`${kind}, ${loss}: ${values.length} of 9999 left, ${SYNCED_COUNT} had been synced`);
}
