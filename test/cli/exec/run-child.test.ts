import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildCommand } from '../../../src/cli/exec/child-command.js';
import type { ChildEnd } from '../../../src/cli/exec/child-end.js';
import type { CommandInput } from '../../../src/cli/exec/command-input.js';
import { type ChildRequest, runChild } from '../../../src/cli/exec/run-child.js';
import { CoreError } from '../../../src/core/errors.js';

let folder: string;
let fileCount = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'spool-exec-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const DONE: ChildEnd = { kind: 'exited', code: 0 };

function newPath(): string {
  return join(folder, `file-${fileCount++}`);
}

function shell(text: string): ChildCommand {
  return { kind: 'shell', text };
}

/** `$out` is a file of its own for each run. */
function run(command: ChildCommand | string, request: Partial<ChildRequest> = {}) {
  const out = newPath();
  const ended = runChild({
    command: typeof command === 'string' ? shell(command) : command,
    environment: { PATH: process.env['PATH'] ?? '', out, folder },
    lockDescriptor: undefined,
    timeoutMs: undefined,
    stop: new AbortController().signal,
    isTerminal: false,
    feed: undefined,
    onSpawn: () => undefined,
    ...request,
  });
  return { ended, out, text: () => (existsSync(out) ? readFileSync(out, 'utf8') : '') };
}

function feeding(...texts: string[]): ChildRequest['feed'] {
  return async (input) => {
    for (const text of texts) await input.write(Buffer.from(text));
  };
}

/** Writes for as long as somebody reads. */
async function feedForever(input: CommandInput): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 'x');
  for (;;) await input.write(block);
}

/** Stands still after some records until it is told to fail. */
function feedThatFails(after: Promise<unknown>): ChildRequest['feed'] {
  return async (input) => {
    await input.write(Buffer.from('good\n'));
    await after;
    throw new CoreError('CORRUPT_MESSAGE', 'damaged');
  };
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(5);
}

function interruptedBy(signal: string): CoreError {
  return new CoreError('INTERRUPTED', `interrupted by ${signal}`, { details: { signal } });
}

describe('the input', () => {
  test('arrives whole, and ends', async () => {
    const { ended, text } = run('cat >"$out"', { feed: feeding('a\n', 'b\n', 'c') });
    expect(await ended).toEqual(DONE);
    expect(text()).toBe('a\nb\nc');
  });

  test('can be opened by its name', async () => {
    const { ended, text } = run('cat /dev/stdin >"$out"', { feed: feeding('a\n') });
    expect(await ended).toEqual(DONE);
    expect(text()).toBe('a\n');
  });

  test('may be large, from memory that is used again at once', async () => {
    const feed = async (input: CommandInput): Promise<void> => {
      const block = Buffer.alloc(100_000);
      for (let round = 0; round < 200; round++) {
        block.fill(round % 10);
        await input.write(block);
      }
      block.fill('!');
    };
    const { ended, text } = run(`tr -d '\\000-\\011' | wc -c >"$out"`, { feed });
    expect(await ended).toEqual(DONE);
    expect(text().trim()).toBe('0');
  });

  test('waits for a command that does not read yet', async () => {
    let written = 0;
    const feed = async (input: CommandInput): Promise<void> => {
      for (; written < 100; written++) await input.write(Buffer.alloc(64 * 1024));
    };
    const { ended, text, out } = run('until [ -e "$out.go" ]; do sleep 0.01; done; wc -c >"$out"', {
      feed,
    });
    await sleep(150);
    // A pipe holds 64 KiB; some systems give it more.
    expect(written).toBeLessThan(20);
    writeFileSync(`${out}.go`, '');
    expect(await ended).toEqual(DONE);
    expect(text().trim()).toBe(String(100 * 64 * 1024));
  });

  test('is /dev/null where nothing is fed', async () => {
    const { ended, text } = run('readlink /proc/self/fd/0 >"$out"');
    expect(await ended).toEqual(DONE);
    expect(text()).toBe('/dev/null\n');
  });

  test.each<[string, string, ChildEnd]>([
    ['reads nothing and succeeds', 'true', DONE],
    ['reads nothing and fails', 'exit 3', { kind: 'exited', code: 3 }],
    ['reads a part', 'head -c 10 >/dev/null', DONE],
    ['closes it and works on', 'exec <&-; sleep 0.1; exit 4', { kind: 'exited', code: 4 }],
    ['leaves it to somebody who does not read', 'exec 5<&0; sleep 2 <&5 & exit 0', DONE],
  ])('of a command that %s ends early', async (_name, text, end) => {
    let gone: unknown;
    const startedMs = performance.now();
    const { ended } = run(text, {
      feed: async (input) => {
        input.gone.addEventListener('abort', () => {
          gone = input.gone.reason;
        });
        await feedForever(input);
      },
    });
    expect(await ended).toEqual(end);
    expect(gone).toMatchObject({ code: 'READER_GONE' });
    expect(performance.now() - startedMs).toBeLessThan(1500);
  });

  test('that fails does not end before the command, nor before what it has started', async () => {
    const fed = newPath();
    const script = `cat | { cat; echo end >>"$out"; } >>"$out"; echo end >>"$out"`;
    const { ended, text, out } = run(script, { feed: feedThatFails(appears(fed)) });
    await appears(out);
    while (text() !== 'good\n') await sleep(5);
    writeFileSync(fed, '');
    await expect(ended).rejects.toMatchObject({ code: 'CORRUPT_MESSAGE' });
    await sleep(50);
    expect(text()).toBe('good\n');
  });

  test('that fails kills a command that will not end', async () => {
    const { ended, out } = run(`trap '' TERM; echo $$ >"$out"; while :; do sleep 0.05; done`, {
      feed: (input) => feedThatFails(appears(out))!(input),
      killAfterMs: 100,
    });
    await expect(ended).rejects.toMatchObject({ code: 'CORRUPT_MESSAGE' });
  });
});

describe('the end', () => {
  test.each<[string, ChildCommand, object]>([
    ['a status', shell('exit 7'), { kind: 'exited', code: 7 }],
    ['a signal', shell('kill -SEGV $$'), { kind: 'signalled', signal: 'SIGSEGV' }],
    ['argv', { kind: 'argv', words: ['sh', '-c', 'exit $#', '-', 'a b', '*'] }, { code: 2 }],
    ['no such command', shell('exec 2>&-; /no/such'), { kind: 'notStarted', code: 127 }],
    ['no such program', argv('no-such'), { kind: 'notStarted', code: 127 }],
    ['no such path', argv('/no/such'), { kind: 'notStarted', code: 127 }],
    ['an empty word', argv(''), { kind: 'notStarted', code: 127 }],
    ['a program that finds none', argv('env', 'sh', '-c', 'exit 127'), { kind: 'notStarted' }],
    ['a text that begins with a dash', shell('-c 2>&-'), { kind: 'notStarted', code: 127 }],
    ['a directory', argv('/tmp'), { code: 126, reason: 'permission denied' }],
    ['a directory, for a shell', shell('exec 2>&-; /tmp'), { kind: 'notStarted', code: 126 }],
    ['a file in place of a directory', argv('/dev/null/x'), { kind: 'notStarted', code: 126 }],
    ['too many words', argv('true', 'x'.repeat(200_000)), { kind: 'notStarted', code: 126 }],
  ])('is known: %s', async (_name, command, end) => {
    let fedBytes = 0;
    const feed = async (input: CommandInput): Promise<void> => {
      await input.write(Buffer.from('x'));
      fedBytes++;
    };
    expect(await run(command, { feed }).ended).toMatchObject(end);
    if (command.kind === 'argv' && 'reason' in end) expect(fedBytes).toBe(0);
  });

  function argv(...words: string[]): ChildCommand {
    return { kind: 'argv', words };
  }
});

describe('a time limit', () => {
  test('ends the command and all that it has started', async () => {
    const script = `(trap 'sleep 0.2; echo late >>"$out"; exit' TERM; sleep 5 & wait) | cat; echo x`;
    const { ended, text } = run(script, { timeoutMs: 150 });
    expect(await ended).toEqual({ kind: 'timedOut', timeoutMs: 150 });
    expect(text()).toBe('late\n');
  });

  test('kills those who will not end', async () => {
    const script = `(trap '' TERM; sleep 0.3; sleep 0.3; echo alive >"$out") & wait`;
    const { ended, out } = run(script, { timeoutMs: 50, killAfterMs: 100 });
    expect(await ended).toEqual({ kind: 'timedOut', timeoutMs: 50 });
    await sleep(700);
    expect(existsSync(out)).toBe(false);
  });

  test('ends a command that was stopped', async () => {
    const { ended } = run('kill -STOP $$', { timeoutMs: 50 });
    expect(await ended).toEqual({ kind: 'timedOut', timeoutMs: 50 });
  });

  test.each([Infinity, 2 ** 40])('of %d ms is none', async (timeoutMs) => {
    expect(await run('sleep 0.05', { timeoutMs }).ended).toEqual(DONE);
  });
});

describe('a stop', () => {
  const TRAPS = `for s in INT TERM HUP; do trap "echo $s >>'$out'; exit 0" $s; done
    : >"$out"; for i in 1 2 3 4 5 6 7 8; do sleep 0.05; done; exit 9`;

  test.each([
    ['SIGINT', 'INT\n'],
    ['SIGTERM', 'TERM\n'],
    ['SIGHUP', 'HUP\n'],
    ['of another kind', 'TERM\n'],
  ])('%s is passed on, and what succeeds nevertheless has succeeded', async (signal, heard) => {
    const controller = new AbortController();
    const { ended, text, out } = run(TRAPS, { stop: controller.signal });
    await appears(out);
    controller.abort(signal.startsWith('SIG') ? interruptedBy(signal) : new Error('enough'));
    expect(await ended).toEqual(DONE);
    expect(text()).toBe(heard);
  });

  test.each<[string, number | undefined, string, number]>([
    ['SIGINT', undefined, '', 9],
    ['SIGHUP', undefined, '', 9],
    ['SIGTERM', undefined, 'TERM\n', 0],
    ['SIGINT', 60_000, 'INT\n', 0],
  ])('%s at a terminal, time limit %s: heard %j', async (signal, timeoutMs, heard, code) => {
    const controller = new AbortController();
    const request = { stop: controller.signal, isTerminal: true, timeoutMs };
    const { ended, text, out } = run(TRAPS, request);
    await appears(out);
    controller.abort(interruptedBy(signal));
    expect(await ended).toEqual({ kind: 'exited', code });
    expect(text()).toBe(heard);
  });

  test('does not cut the input short', async () => {
    const controller = new AbortController();
    const { ended, text, out } = run(`trap '' INT; : >"$out"; cat >>"$out"`, {
      stop: controller.signal,
      feed: async (input) => {
        await input.write(Buffer.from('one '));
        while (text() !== 'one ') await sleep(5);
        controller.abort(interruptedBy('SIGINT'));
        await sleep(20);
        await input.write(Buffer.from('two'));
      },
    });
    await appears(out);
    expect(await ended).toEqual(DONE);
    expect(text()).toBe('one two');
  });

  test('before the start leaves the command alone', async () => {
    const reason = interruptedBy('SIGTERM');
    const { ended, out } = run(': >"$out"', { stop: AbortSignal.abort(reason) });
    await expect(ended).rejects.toBe(reason);
    const controller = new AbortController();
    const late = run(': >"$out"', { stop: controller.signal, feed: feedForever });
    controller.abort(reason);
    await expect(late.ended).rejects.toBe(reason);
    expect([out, late.out].filter(existsSync)).toEqual([]);
  });
});

describe('the command', () => {
  test('has the environment that it is given, and no other', async () => {
    const out = newPath();
    const { ended } = run('/usr/bin/env >"$out"', { environment: { out, A: 'b c' } });
    expect(await ended).toEqual(DONE);
    const names = [...readFileSync(out, 'utf8').matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    // What the shell adds by itself.
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''))).toEqual(
      expect.arrayContaining(['A', 'out']),
    );
    expect(names).not.toContain('HOME');
  });

  test('has the standard output and error of this process', async () => {
    const script = 'links=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo "$links" >"$out"';
    const { ended, text } = run(script);
    expect(await ended).toEqual(DONE);
    expect(text()).toBe(`${[1, 2].map((fd) => readlinkSync(`/proc/self/fd/${fd}`)).join('\n')}\n`);
  });

  test('has the lock as its third descriptor, and nothing else that is ours', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const lockDescriptor = openSync(path, 'r+');
    const before = ourPipes();
    const { ended, text } = run('exec ls -l /proc/self/fd >"$out"', {
      lockDescriptor,
      feed: async (input) => {
        await input.write(Buffer.from('x'));
      },
    });
    expect(await ended).toEqual(DONE);
    closeSync(lockDescriptor);
    expect(text()).toContain(` 3 -> ${path}\n`);
    const pipes = [...text().matchAll(/ (\d+) -> (pipe:\S+)/g)];
    const ours = pipes.filter(([, , pipe = '']) => !before.includes(pipe));
    expect(ours.map(([, descriptor]) => descriptor)).toEqual(['0']);
  });

  test('is named by its number as soon as it runs', async () => {
    const pids: number[] = [];
    const { ended, text } = run('echo $$ >"$out"', {
      onSpawn: (pid) => {
        pids.push(pid);
        return undefined;
      },
    });
    await ended;
    expect(`${pids.join()}\n`).toBe(text());
  });

  test('is ended where that number cannot be noted', async () => {
    const onSpawn = (): undefined => {
      throw new CoreError('IO_ERROR', 'no');
    };
    const { ended, out } = run('sleep 0.3; : >"$out"', { onSpawn });
    await expect(ended).rejects.toMatchObject({ code: 'IO_ERROR' });
    await sleep(400);
    expect(existsSync(out)).toBe(false);
  });

  test('leaves nothing open, two hundred times', async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown): number => warnings.push(warning);
    process.on('warning', note);
    const { signal: stop } = new AbortController();
    const open = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 200; round++) {
      const command: ChildCommand = { kind: 'argv', words: [round % 3 === 0 ? 'no-such' : 'true'] };
      await run(command, { stop, feed: feeding('x'), timeoutMs: 5000 }).ended;
    }
    await sleep(20);
    process.off('warning', note);
    expect(readdirSync('/proc/self/fd')).toHaveLength(open);
    expect(warnings).toEqual([]);
    expect(getEventListeners(stop, 'abort')).toEqual([]);
  });

  function ourPipes(): string[] {
    return readdirSync('/proc/self/fd').flatMap((name) => {
      const path = `/proc/self/fd/${name}`;
      return existsSync(path) ? [readlinkSync(path)] : [];
    });
  }
});
