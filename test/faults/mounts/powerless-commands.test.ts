/**
 * A power cut right after a command has said that it is done: what it did is there, whole, on ext4 and on
 * XFS, and the next command works. After every cut the programs see another boot, as after a real one.
 *
 * Of the faults: the power cut after each acknowledgement. Where the power goes at any moment, see
 * `power-cuts.test.ts`.
 */
import { expect, test } from '@jest/globals';
import { lane } from '../../support/lane.js';
import { printFigure } from '../../support/slow-size.js';
import { LOOP_PROGRAMS, LoopDisk, type LoopKind } from './loop-disk.js';
import { type MountedShell, onMounts } from './mounted-shell.js';

interface Step {
  /** Runs in the disk's root. */
  readonly command: string;
  /** Exit code of the command; 0 unless it says otherwise. */
  readonly code?: number;
  /** Shows that it was done; it prints the answer. */
  readonly question: string;
  readonly answer: string;
}

const position = (group: string): string =>
  `spool group describe ${group} --json | grep -o '"committedOffset":[0-9]*\\|"problem":[^}]*' | paste -sd' '`;
const TOPICS = `spool topic list | awk 'NR > 1 { print $1 ":" $2 }' | paste -sd' '`;
const START = `spool topic describe t --json | grep -o '"logStartOffset":[0-9]*'`;
const NUMBERS = 'cut -d" " -f1 | paste -sd" "';

/** Each goes on from where the one before it, and a power cut, have left the disk. */
const STEPS: readonly Step[] = [
  {
    command: 'spool topic create t -c internal.segment.bytes=1024',
    question: TOPICS,
    answer: 't:1',
  },
  {
    command: 'spool produce t -m one -m two',
    question: 'spool consume t',
    answer: 'one\ntwo',
  },
  {
    command:
      'for i in $(seq 30); do echo "$i $(printf %0200d $i)"; sleep 0.005; done | spool produce t --linger 0ms',
    question: `spool consume t --from 2 | ${NUMBERS}`,
    answer: Array.from({ length: 30 }, (_, i) => i + 1).join(' '),
  },
  {
    command: 'spool consume t -g g -n 10 -F none',
    question: position('g'),
    answer: '"committedOffset":10 "problem":null',
  },
  {
    command: 'spool group commit g t:0=20 -y',
    question: position('g'),
    answer: '"committedOffset":20 "problem":null',
  },
  {
    command: 'spool group undo g -y',
    question: position('g'),
    answer: '"committedOffset":10 "problem":null',
  },
  {
    command: 'spool group seek g --to end -y',
    question: position('g'),
    answer: '"committedOffset":32 "problem":null',
  },
  {
    command: 'spool consume t -g receipt -n 3 -F none --receipt r.json',
    question: 'spool group commit receipt --receipt r.json',
    answer: '',
  },
  {
    command: "spool consume t -g batch -n 5 --exec 'cat > /dev/null'",
    question: position('batch'),
    answer: '"committedOffset":5 "problem":null',
  },
  {
    command: "spool consume t -g batch -n 5 --exec 'exit 9' 2> said",
    code: 6,
    question: `spool consume t -g batch -n 99 --exec 'echo $SPOOL_BATCH_ATTEMPT $SPOOL_BATCH_RANGES >&2; exit 9' 2>&1 | head -1`,
    answer: '2 t:0:5-9',
  },
  {
    command: 'spool topic alter t -c retention.bytes=2048',
    question: "spool topic describe t --json | grep -o 'retention.bytes[^,}]*'",
    answer: 'retention.bytes":"2048"',
  },
  {
    command: `spool retention prune && ${START} > ~/start && ! grep -q '":0$' ~/start`,
    question: `${START} | diff ~/start -`,
    answer: '',
  },
  {
    command: 'spool topic trim t --before 30 -y',
    question: `spool consume t | ${NUMBERS}`,
    answer: '29 30',
  },
  {
    command: 'spool topic add-partitions t --to 3 -q && spool produce t -p 2 -m three',
    question: 'spool consume t:2',
    answer: 'three',
  },
  {
    command: 'spool consume t:2 -o out',
    question: 'cat out',
    answer: 'three',
  },
  {
    command: 'spool group delete g -y',
    question: 'spool group list --json | grep -c \'"g"\'',
    answer: '0',
  },
  {
    command: 'spool topic create u v -p 2 && spool produce u -m u -q && spool produce v -m v -q',
    question: TOPICS,
    answer: 't:3 u:2 v:2',
  },
  {
    command: 'spool topic delete u -y',
    question: `${TOPICS}; ls data/brokers/0/log | paste -sd' '`,
    answer: 't:3 v:2\nmeta.properties t-0 t-1 t-2 v-0 v-1',
  },
  {
    command: 'spool produce w --create -m w',
    question: 'spool consume w v --order partition',
    answer: 'w\nv',
  },
];

lane('a power cut after a command', { root: true, programs: LOOP_PROGRAMS }, () => {
  test.each<LoopKind>(['ext4', 'xfs'])('takes nothing of what it did (%s)', (kind) =>
    onMounts((shell) => cutAfterEach(shell, kind))(),
  );
});

async function cutAfterEach(shell: MountedShell, kind: LoopKind): Promise<void> {
  const disk = new LoopDisk(shell, kind);
  shell.dataDirectory = `${disk.path}/data`;
  for (const [at, { command, code = 0, question, answer }] of STEPS.entries()) {
    const done = await shell.run(`cd ${disk.path} && ${command}`);
    expect({ command, ...done }).toMatchObject({ command, code, err: '' });
    disk.cutPower();
    disk.restorePower();
    shell.reboot(`after-${at}`);
    const found = await shell.run(`cd ${disk.path} && ${question}; spool verify -q`);
    const expected = { command, code: 0, out: answer === '' ? '' : `${answer}\n`, err: '' };
    expect({ command, ...found }).toMatchObject(expected);
  }
  printFigure(`${kind}: ${STEPS.length} power cuts`);
}
