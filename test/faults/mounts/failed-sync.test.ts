/**
 * A disk that takes writes and cannot keep them: a file system in an image whose own disk is too small.
 * The sync fails for real, once; afterwards Linux calls the pages clean, reads them back from memory as
 * if nothing had happened, and syncs without an error. What is really there shows after a remount.
 *
 * Nothing is acknowledged that the disk has refused, and the message says what is uncertain; the range is
 * written down; whoever writes next goes on behind it in a new segment. After the remount everything that
 * was ever acknowledged is there, and what is missing is said to be gone, not passed over in silence.
 *
 * Of the faults: a failed fsync (the real one); errors of a disk that turns itself read-only.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { type AcknowledgedRange, rangesOf } from '../../support/stored-records.js';
import { type MountedShell, onMounts, system } from './mounted-shell.js';

/** Records of 1,000 bytes, from one number to another; each says which one it is at both ends. */
const lines = (first: number, last: number): string =>
  `seq ${first} ${last} | awk '{ printf "%d:%0990d:%d\\n", $1, 0, $1 }'`;

interface Case {
  readonly name: string;
  readonly make: readonly string[];
  /** As soon as there is room again, without a remount. */
  readonly worksOn: boolean;
}

lane('a sync that the disk refuses', { root: true, programs: ['mkfs.ext4'] }, () => {
  test.each<Case>([
    { name: 'and lets the next one pass', make: ['-O', '^has_journal'], worksOn: true },
    { name: 'and turns read-only', make: [], worksOn: false },
  ])('acknowledges nothing, and loses nothing that was ($name)', (given) =>
    onMounts((shell) => refuse(shell, given))(),
  );
});

async function refuse(shell: MountedShell, { make, worksOn }: Case): Promise<void> {
  const small = shell.mount('small', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs');
  const image = `${small}/image`;
  system('truncate', '-s', '64M', image);
  system('mkfs.ext4', '-q', '-m', '0', ...make, image);
  const disk = shell.mount('disk', '-o', 'loop', image);
  shell.dataDirectory = `${disk}/data`;
  const acknowledged: AcknowledgedRange[] = [];
  const produce = async (feed: string) => {
    const ended = await shell.run(`${feed} | spool produce t --report --linger 0ms`);
    acknowledged.push(...rangesOf(ended.out));
    return ended;
  };
  expect(await shell.run('spool topic create t')).toMatchObject({ code: 0, err: '' });
  expect(await produce(lines(0, 99))).toMatchObject({ code: 0, err: '' });

  const refused = await produce(lines(100, 9999));
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.err).toMatch(
    /^error: \S+: the disk refused to sync offsets (\d+) to (\d+)\n {2}\d+ records were written before it\n {2}these records may or may not have been stored; /,
  );
  const firstRefused = Number(/offsets (\d+)/.exec(refused.err)?.[1]);
  expect(acknowledged.at(-1)?.last).toBe(firstRefused - 1);
  // As long as the pages are in memory, they can be read; it is known that they are not to be trusted.
  // A disk that has turned read-only may take no note either.
  const known = await shell.run('spool verify --json');
  if (worksOn) expect(known.out).toContain(`the sync of records ${firstRefused} to `);

  system('mount', '-o', 'remount,size=100m', small);
  // One for a seal that meets what the disk has refused before; it says so and acknowledges nothing.
  await produce('echo again:again');
  const next = await produce('echo next:next');
  expect(next.code).toBe(worksOn ? 0 : 1);
  if (!worksOn) expect(next.err).toContain('read-only');

  shell.unmount(disk);
  shell.mount('disk', '-o', 'loop', image);
  expect(await produce('echo last:last')).toMatchObject({ code: 0, err: '' });
  const read = await shell.run("spool consume t -F '{offset} {value}'");
  expect(read.code).toBe(0);
  const values = new Map(
    read.out
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(' ') as [string, string]),
  );
  for (const { first, last } of acknowledged) {
    for (let offset = first; offset <= last; offset++) expectValue(offset, values, firstRefused);
  }
  expect([...values.values()].at(-1)).toBe('last:last');
  const lost = Number(/\(([\d,]+)\) are gone/.exec(read.err)?.[1]?.replace(',', '') ?? 0);
  printFigure(
    `refused at offset ${firstRefused}; ${lost} records that were never acknowledged are gone`,
  );
}

function expectValue(
  offset: number,
  values: ReadonlyMap<string, string>,
  firstRefused: number,
): void {
  const [front, ...rest] = values.get(`${offset}`)?.split(':') ?? [];
  const back = rest.at(-1);
  if (front === undefined || front !== back) throw new Error(`offset ${offset} is lost or wrong`);
  if (offset < firstRefused && front !== `${offset}`) throw new Error(`${offset} holds ${front}`);
}
