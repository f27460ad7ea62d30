/**
 * Names as scripts and strangers give them, through the program: of topics, of groups, and of members.
 * Kafka's rule decides for topics; a group may be called anything, and its folder is made of harmless
 * characters. Nothing is ever made outside of the data directory, and no escape gets to the terminal.
 */
import { expect, test } from '@jest/globals';
import { inShell } from '../../support/shell.js';

const LONG = 'x'.repeat(250);

/** No topic has such a name. NUL cannot be in an argument; here it is typed as an escape and stays text. */
const NO_TOPICS: readonly string[] = [
  '.', '..', '../x', 'a/b', '/tmp/x', '', LONG, 'a\nb', 'CON:', '%2e%2e', 'e\u0301', 'é', '\u202eabc', 'a b', '~', '$(id)', '\u001b[31m',
  '__consumer_offsets', 'x\\..\\y', 'a\\0b',
]; // prettier-ignore

/** Names of files and of devices elsewhere, and of flags: here they are names like others. */
const TOPICS: readonly string[] = ['CON', 'nul', '...', 'a..b', 'x'.repeat(249), '0'];

const GROUPS: readonly string[] = [
  '..', '.', '../../evil', '/etc/passwd', 'a/b', 'CON', 'e\u0301', 'é', '\u202eabc', 'a b', '%2e%2e', 'x.lock', '~', '$(id)',
  'ü'.repeat(127), '.deleted-1', '.tmp-1', '-rf', 'Load', 'load',
]; // prettier-ignore

const NO_GROUPS: readonly string[] = ['', 'a\nb', '\u001b[31m', 'x'.repeat(256), '\u0085'];

/** Everything in the shell's place but what belongs there. */
const STRAYS = 'cd "$SPOOL_DIR/.." && find . -path ./data -prune -o -type f -print | sort';

function quoted(name: string): string {
  return `'${name.replaceAll("'", "'\\''")}'`;
}

test.each(NO_TOPICS.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
  'no topic is called %s',
  (_, name) =>
    inShell(async (shell) => {
      const before = await shell.run(STRAYS);
      for (const command of [`topic create --`, `produce --create -m x --`]) {
        const { code, out, err } = await shell.run(`spool ${command} ${quoted(name)}`);
        expect([code, out]).toEqual([2, '']);
        expect(err).toMatch(/^error: /);
        expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
      const after = await shell.run(`${STRAYS}; ls "$SPOOL_DIR/topics" 2>/dev/null`);
      expect(after.out).toBe(before.out);
    })(),
);

test.each(TOPICS.map((name) => [name.slice(0, 40), name]))('a topic may be called %s', (_, name) =>
  inShell(async (shell) => {
    const { code, out, err } = await shell.run(
      `echo x | spool produce --create ${quoted(name)} 2>/dev/null && spool consume ${quoted(name)}`,
    );
    expect([code, out, err]).toEqual([0, 'x\n', '']);
  })(),
);

test('a topic whose name begins like a flag is a name only behind --', () =>
  inShell(async (shell) => {
    const { code, err } = await shell.run('spool topic create -rf');
    expect([code, err]).toEqual([2, expect.stringMatching(/^error: /)]);
    const made = await shell.run('spool topic create -- -rf 2>/dev/null; ls "$SPOOL_DIR/topics"');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/-rf\.json\n$/)]);
  })());

test('groups of any name stay in their folder, and keep their positions apart', () =>
  inShell(async (shell) => {
    await shell.run('echo x | spool produce orders --create');
    const before = await shell.run(STRAYS);
    for (const name of GROUPS) {
      const run = await shell.run(`spool consume orders --group=${quoted(name)}`);
      expect([name, run.code, run.out]).toEqual([name, 0, 'x\n']);
    }
    const { out: folders } = await shell.run('ls -A "$SPOOL_DIR/groups"');
    expect(folders.trim().split('\n')).toHaveLength(GROUPS.length);
    expect(folders).toMatch(/^(?:[a-z0-9_%~-][A-Za-z0-9._%-]*\n)+$/);
    expect((await shell.run(STRAYS)).out).toBe(before.out);
  })());

test.each(NO_GROUPS.map((name) => [JSON.stringify(name).slice(0, 40), name]))(
  'no group is called %s',
  (_, name) =>
    inShell(async (shell) => {
      await shell.run('echo x | spool produce orders --create');
      const { code, out, err } = await shell.run(`spool consume orders --group=${quoted(name)}`);
      expect([code, out]).toEqual([2, '']);
      expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect((await shell.run('ls -A "$SPOOL_DIR/groups"')).out).toBe('');
    })(),
);

test.each(['../../evil', '..', 'a/b', '\u001b[31m', 'x'.repeat(300)])(
  'a member that calls itself %j leaves nothing outside',
  (name) =>
    inShell(async (shell) => {
      await shell.run('echo x | spool produce orders --create');
      const before = await shell.run(STRAYS);
      const { code, err } = await shell.run(
        `spool consume orders -g load --member-id=${quoted(name)}`,
      );
      expect([0, 2]).toContain(code);
      expect(err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      expect((await shell.run(STRAYS)).out).toBe(before.out);
    })(),
);
