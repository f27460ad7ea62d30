/**
 * The small files of a data directory with every bit flipped and every length cut: spool.json, a topic's
 * file, a group's state and the revision before it, a member's file, a control file in each of its slots,
 * and Kafka's three. What the directory says of itself then is right, or refused with the code of damage:
 * never another answer, never "there is none", and nothing is made anew in its place.
 *
 * Every bit is asked of who reads the file; one bit of every byte, and every length, of all commands.
 */
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { isCoreError } from '../../../src/core/errors.js';
import { GroupStore } from '../../../src/core/group/group-store.js';
import { MemberFile, readMemberFile } from '../../../src/core/group/member-file.js';
import { endMembers } from '../../core/cluster/group-fixture.js';
import { contentOf, overwrite } from '../../support/log-fixture.js';
import type { MemoryMachine } from '../../support/memory-machine.js';
import { cutTo } from './bit-flip.js';
import { FILES, type Facts, GROUP, ROOT, SOUND, factsOf, smallMachine } from './machine-facts.js';

let sound: MemoryMachine;
beforeAll(async () => {
  sound = await smallMachine();
});
afterEach(endMembers);

type FileName = keyof typeof FILES;

function flip(machine: MemoryMachine, path: string, bitNumber: number): void {
  const byte = contentOf(machine.fs, path)[bitNumber >> 3]!;
  overwrite(machine.fs, path, bitNumber >> 3, Uint8Array.of(byte ^ (1 << (bitNumber & 7))));
}

/** The answers that are not those of a sound directory. */
async function changedFacts(damage: (machine: MemoryMachine) => void): Promise<string> {
  const machine = sound.afterKill();
  damage(machine);
  const changed = Object.entries(await factsOf(machine)).filter(
    ([name, answer]) => answer !== SOUND[name as keyof Facts],
  );
  return changed.map(([name, answer]) => `${name}: ${answer}`).join(', ');
}

const DAMAGED = '! DATA_DIR_DAMAGED';

function refusals(...names: readonly (keyof Facts)[]): string {
  return names.map((name) => `${name}: ${DAMAGED}`).join(', ');
}

/** What does not answer any more; everything else is as it was. */
const REFUSED: Readonly<Record<FileName, string>> = {
  spool: refusals('topics', 'config', 'records', 'position', 'appended', 'committed'),
  topic: refusals('config', 'records', 'appended', 'committed'),
  state: refusals('position', 'committed'),
  previous: '',
  control: refusals('config', 'records', 'appended', 'committed'),
  properties: '',
  metadata: '',
  epochs: '',
};

test('a sound data directory answers all', async () => {
  expect(await factsOf(sound)).toEqual(SOUND);
});

describe.each(Object.keys(FILES) as FileName[])('%s', (name) => {
  const path = FILES[name];
  const isControl = name === 'control';

  test('cut anywhere, or empty, is damage and never taken for none', async () => {
    const answers = new Set<string>();
    const { length } = contentOf(sound.fs, path);
    for (let to = 0; to < length; to += isControl ? 37 : 1) {
      answers.add(await changedFacts((machine) => cutTo(machine.fs, path, to)));
    }
    // A control file that has lost all but one slot of each pair has a state still.
    expect(answers).toEqual(new Set(isControl ? [REFUSED[name], ''] : [REFUSED[name]]));
  });

  test('with a wrong bit in any byte changes no answer, and refuses those', async () => {
    const answers = new Map<string, number>();
    const bits = 8 * contentOf(sound.fs, path).length;
    for (let bit = 0; bit < bits; bit += isControl ? 57 : 9) {
      const changed = await changedFacts((machine) => flip(machine, path, bit));
      answers.set(changed, (answers.get(changed) ?? 0) + 1);
    }
    expect([...answers.keys()]).toEqual([isControl ? '' : REFUSED[name]]);
  });
});

test("every wrong bit of a group's state names the revision before, and how to take it", () => {
  const machine = sound.afterKill();
  const { env, directory } = machine.start();
  const store = new GroupStore(env, directory);
  const bits = 8 * contentOf(machine.fs, FILES.state).length;
  for (let bit = 0; bit < bits; bit++) {
    flip(machine, FILES.state, bit);
    const { states, failures } = store.list();
    expect(states).toEqual([]);
    expect(isCoreError(failures[0]) && failures[0].code).toBe('DATA_DIR_DAMAGED');
    expect(failures[0]!.suggestion).toContain(`cp ${FILES.previous} ${FILES.state}`);
    flip(machine, FILES.state, bit);
  }
  expect(store.list().states.map(({ group }) => group)).toEqual([GROUP]);
});

test('a wrong bit of a member file makes it unknown, and never another member', () => {
  const machine = sound.afterKill();
  const path = `${ROOT}/groups/${GROUP}/members/consume-1`;
  const member = MemberFile.create(machine.start().env, path, 0o600);
  const identity = readMemberFile(machine.fs, path);
  expect(identity).toBeDefined();
  const answers = new Set<unknown>();
  for (let bit = 0; bit < 8 * 512; bit++) {
    flip(machine, path, bit);
    answers.add(readMemberFile(machine.fs, path) ?? 'unknown');
    flip(machine, path, bit);
  }
  member.close();
  expect([...answers]).toEqual(['unknown']);
});
