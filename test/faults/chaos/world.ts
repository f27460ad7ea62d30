/** A data directory in use: who runs now, what is done to them, and the history of it all. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../support/seeded-random.js';
import { ChaosDisk } from './chaos-disk.js';
import { type Fault, History, type Place, placeName } from './history.js';
import { type Exit, SpoolProcess } from './spool-process.js';

/** Debian's faketime. The moved clock is that of the records, not of files and timers. */
const FAKETIME = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
].find((path) => existsSync(path));

export interface Started {
  readonly proc: string;
  readonly running: SpoolProcess;
  readonly invokedNs: number;
}

export interface StartOptions {
  /** May live with a clock that is an hour off. */
  readonly clock?: SeededRandom;
  /** Nobody may stop or kill it. */
  readonly isSpared?: boolean;
  readonly onLine?: (line: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Tally {
  kills: number;
  stops: number;
  clocks: number;
  fullDisks: number;
}

/** How many lines of what a killed process said are worth keeping. */
const ERROR_CHARACTERS = 500;

export class World {
  readonly history = new History();
  readonly disk = new ChaosDisk();
  readonly launcher: string;
  readonly tally: Tally = { kills: 0, stops: 0, clocks: 0, fullDisks: 0 };
  /** While this is true, the faults and the work go on. */
  isOn = true;
  readonly #running = new Set<SpoolProcess>();
  readonly #spared = new Set<SpoolProcess>();
  readonly #names = new Map<SpoolProcess, string>();
  readonly #ends = new Map<string, number>();
  #lastProc = 0;

  constructor(launcher: string) {
    this.launcher = launcher;
  }

  /** What the next process that is started will be called. */
  get nextProc(): string {
    return `p${this.#lastProc}`;
  }

  start(argv: readonly string[], options: StartOptions = {}): Started {
    const { clock, isSpared = false, onLine } = options;
    const proc = `p${this.#lastProc++}`;
    const env = clock?.below(6) === 0 ? this.#oddClock(proc, clock) : (options.env ?? {});
    const invokedNs = this.history.now();
    const running = new SpoolProcess(argv, {
      launcher: this.launcher,
      dataDirectory: this.disk.dataDirectory,
      env,
      ...(onLine && { onLine }),
    });
    this.#running.add(running);
    this.#names.set(running, proc);
    if (isSpared) this.#spared.add(running);
    void running.ended.then(() => {
      this.#running.delete(running);
      this.#spared.delete(running);
      this.#names.delete(running);
    });
    return { proc, running, invokedNs };
  }

  #oddClock(proc: string, random: SeededRandom): Record<string, string> {
    if (FAKETIME === undefined) return {};
    this.tally.clocks++;
    this.#note(proc, 'clock');
    return {
      LD_PRELOAD: FAKETIME,
      FAKETIME: random.pick(['+1h', '-1h']),
      NO_FAKE_STAT: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Whatever may be stopped or killed now. */
  get victims(): SpoolProcess[] {
    return [...this.#running].filter((running) => !this.#spared.has(running));
  }

  kill(running: SpoolProcess): void {
    if (!running.signal('SIGKILL')) return;
    this.tally.kills++;
    this.#note(this.#names.get(running) ?? '', 'kill');
  }

  async stopFor(running: SpoolProcess, ms: number): Promise<void> {
    if (!running.signal('SIGSTOP')) return;
    this.tally.stops++;
    const proc = this.#names.get(running) ?? '';
    this.#note(proc, 'stop');
    await sleep(ms);
    running.signal('SIGCONT');
    this.#note(proc, 'continue');
  }

  async fillDiskFor(ms: number, meanwhile: () => Promise<void>): Promise<void> {
    this.tally.fullDisks++;
    this.#note('disk', 'disk full');
    this.disk.fill(this.history.now());
    try {
      await Promise.all([sleep(ms), meanwhile()]);
    } finally {
      this.disk.free(this.history.now());
      this.#note('disk', 'disk free');
    }
  }

  /** How a command ended that nobody disturbed; one that met a full disk may have failed. */
  noteEnd(
    { proc, running, invokedNs }: Started,
    exit: Exit,
    allowedExits: readonly number[],
  ): void {
    if (running.isDisturbed) return;
    this.noteCommand({ proc, running, invokedNs }, exit, {
      allowedExits: this.metFullDisk(invokedNs) ? [...allowedExits, 1] : allowedExits,
      limitMs: null,
    });
  }

  noteCommand(
    { proc, running, invokedNs }: Started,
    { code, signal, err }: Exit,
    limits: { readonly allowedExits: readonly number[]; readonly limitMs: number | null },
  ): void {
    this.history.add({
      ...{ op: 'command', proc, invokedNs, returnedNs: this.history.now() },
      args: { command: running.argv.join(' '), ...limits },
      result: { exit: code, err: `${signal ?? ''}${err.slice(0, ERROR_CHARACTERS)}` },
    });
  }

  metFullDisk(sinceNs: number): boolean {
    return this.disk.wasFullBetween(sinceNs, this.history.now());
  }

  #note(proc: string, kind: Fault['args']['kind']): void {
    const now = this.history.now();
    this.history.add({ op: 'fault', proc, invokedNs: now, returnedNs: now, args: { kind } });
  }

  /** The end of the log as far as it was acknowledged, so that no command need ask for it. */
  knownEnd(place: Place): number {
    return this.#ends.get(placeName(place)) ?? 0;
  }

  noteAcknowledged(place: Place, endOffset: number): void {
    if (endOffset > this.knownEnd(place)) this.#ends.set(placeName(place), endOffset);
  }

  /** Ends what still runs, which is nothing unless a test failed. */
  remove(): void {
    this.isOn = false;
    for (const running of this.#running) running.signal('SIGKILL');
    this.disk.remove();
  }
}
