/**
 * Commands in this process: no program has to be started, and the clock can be set. What a child command
 * prints is nobody's; it has `$OUT` to write files into.
 */
import { afterAll } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BaseCommand } from '../../src/cli/base-command.js';
import { CoreError } from '../../src/core/errors.js';
import { type RecordedSession, recordSession } from './recorded-session.js';

const COMMANDS = resolve(import.meta.dirname, '../../src/commands');

type CommandClass = typeof BaseCommand & { id: string };

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly ended: Promise<Ran>;
  /** What a signal does. */
  stop(): void;
}

const roots: string[] = [];
afterAll(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A data directory, and a folder for what commands write. Tests with one each may run at once. */
export class Place {
  readonly dataDir: string;
  readonly folder: string;
  /** How much later it is than it is. */
  aheadMs = 0;
  /** Whether messages go to a terminal. */
  isWatched = false;

  constructor() {
    const root = mkdtempSync(join(tmpdir(), 'spool-place-'));
    roots.push(root);
    this.dataDir = join(root, 'data');
    this.folder = join(root, 'out');
    mkdirSync(this.folder);
  }

  /** `line` is cut at its blanks; the other words are taken as they are. */
  async spool(line: string, ...words: readonly string[]): Promise<Ran> {
    return (await this.start(line, ...words)).ended;
  }

  async start(line: string, ...words: readonly string[]): Promise<Started> {
    const recorded = await this.#record();
    const { session, controller } = recorded;
    const typed = line.split(' ').filter((word) => word !== '');
    const ended = runIn(recorded, [...typed, ...words]).then(async () => {
      await session.flush();
      return { code: session.exitCode, out: await recorded.shown(), err: recorded.messages() };
    });
    const stop = (): void => {
      const details = { signal: 'SIGTERM' };
      controller.abort(new CoreError('INTERRUPTED', 'interrupted by SIGTERM', { details }));
    };
    return { ended, stop };
  }

  #record(): Promise<RecordedSession> {
    const { PATH } = process.env;
    return recordSession({
      variables: { PATH, SPOOL_DIR: this.dataDir, OUT: this.folder },
      messagesAreTerminal: this.isWatched,
      now: () => Date.now() + this.aheadMs,
    });
  }

  /** The topic, made if it is not there, and the values one after the other; `t:1` is a partition. */
  async produce(target: string, ...values: readonly string[]): Promise<void> {
    const [topic = '', partition = '0'] = target.split(':');
    for (const value of values) {
      const ran = await this.spool(`produce ${topic} -p ${partition} --create -m`, value);
      if (ran.code !== 0) throw new Error(ran.err);
    }
  }

  /** `t:0=3 t:1=0`, or why there is nothing to say. */
  async positions(group: string): Promise<string> {
    const { code, out, err } = await this.spool('group describe --csv', group);
    if (code !== 0) return err;
    return out
      .trim()
      .replaceAll(/^(.*),(\d+),(\d+)$/gm, '$1:$2=$3')
      .replaceAll('\n', ' ');
  }

  /** Where the files of `t-0` are. */
  partitionFolder(name: string): string {
    return join(this.dataDir, 'brokers/0/log', name);
  }

  statePath(group: string): string {
    return join(this.dataDir, 'groups', group, 'state.json');
  }

  /** What a command has written into `$OUT`; undefined: nothing. */
  read(name: string): string | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  /** Resolves when a command has written it. */
  written(name: string, text: string): Promise<void> {
    return this.#until(() => this.read(name), text);
  }

  /** Resolves when the group stands there. */
  standsAt(group: string, positions: string): Promise<void> {
    return this.#until(() => this.positions(group), positions);
  }

  async #until(look: () => unknown, wanted: string): Promise<void> {
    const endMs = Date.now() + 8000;
    for (;;) {
      const seen = await look();
      if (seen === wanted) return;
      if (Date.now() > endMs) throw new Error(`not ${wanted} but ${String(seen)}`);
      await sleep(10);
    }
  }
}

async function runIn({ session, config }: RecordedSession, words: string[]): Promise<void> {
  const dashes = words.indexOf('--');
  if (dashes !== -1) session.childCommand = words.splice(dashes).slice(1);
  try {
    const isTopic = ['topic', 'group', 'retention'].includes(words[0]!);
    const name = words.splice(0, isTopic ? 2 : 1);
    const { default: command } = (await import(`${COMMANDS}/${name.join('/')}.ts`)) as {
      default: CommandClass;
    };
    command.id = name.join(':');
    await (command as unknown as { run: RunCommand }).run(words, config);
  } catch (error) {
    await session.report(error);
  }
}

type RunCommand = (words: string[], config: object) => Promise<unknown>;
