/** Processes that follow a topic as members of one group, and what is done to them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeGroup } from './group-ledger.js';
import type { SeededRandom } from './seeded-random.js';
import type { RunningScript, Shell } from './shell.js';

export interface Member {
  readonly name: string;
  /** All that it says and prints, in its order. */
  readonly logPath: string;
  readonly running: RunningScript;
  isStopped: boolean;
  /** By whom it is to end. */
  sent: NodeJS.Signals | undefined;
}

export interface TeamOptions {
  readonly random: SeededRandom;
  readonly partitionCount: number;
  readonly mostMembers: number;
  /** Of `consume t -g g -f`, for a member that joins. */
  flags(): string;
  /** Ends that are nobody's doing; by default there are none. */
  readonly otherCodes?: readonly number[];
}

/** A script that writes to `t` until it is killed: some 400 records a second, over all partitions. */
export const KEYED_FEED =
  "i=0; while :; do for _ in {1..10}; do printf '%d\\tv\\n' $((i++)); done; sleep 0.02; done" +
  ' | spool produce t -F kv --linger 5ms';

const FEWEST_MEMBERS = 2;
/** Shorter and longer than the session timeout that the members are to have. */
const STOPS_MS = [300, 1500, 5000];
export const SESSION_TIMEOUT = '3s';
const REST_WITHIN_MS = 20_000;

export class Team {
  readonly members: Member[] = [];
  readonly actions = new Map<string, number>();
  readonly #shell: Shell;
  readonly #options: TeamOptions;
  readonly #stops: Promise<void>[] = [];

  constructor(shell: Shell, options: TeamOptions) {
    this.#shell = shell;
    this.#options = options;
  }

  /** Those that have not ended and were not told to. */
  get living(): Member[] {
    return this.members.filter(({ running, sent }) => running.isRunning && sent === undefined);
  }

  join(): Member {
    const name = `m${this.members.length}`;
    this.#shell.write(`${name}.log`, '');
    const flags = `--session-timeout ${SESSION_TIMEOUT} ${this.#options.flags()}`;
    const running = this.#shell.start(
      `exec spool consume t -g g -f -v -F '{partition} {offset}' ${flags} >> ${name}.log 2>&1`,
    );
    const logPath = join(this.#shell.folder, `${name}.log`);
    const member = { name, logPath, running, isStopped: false, sent: undefined };
    this.members.push(member);
    return member;
  }

  end(member: Member, signal: 'SIGINT' | 'SIGKILL'): void {
    member.sent = signal;
    member.running.kill(signal);
  }

  /** Somebody joins, leaves, is killed, or is stopped for a while. */
  act(): void {
    const { random, mostMembers } = this.#options;
    const { living } = this;
    const awake = living.filter(({ isStopped }) => !isStopped);
    const choices: (readonly [name: string, act: () => void])[] = [];
    if (living.length < mostMembers) choices.push(['joined', () => void this.join()]);
    if (living.length > FEWEST_MEMBERS) {
      choices.push(['killed', () => this.end(random.pick(living), 'SIGKILL')]);
      if (awake.length > 0) {
        choices.push(['left', () => this.end(random.pick(awake), 'SIGINT')]);
        choices.push(['stopped', () => this.#stop(random.pick(awake), random.pick(STOPS_MS))]);
      }
    }
    if (choices.length === 0) return;
    const [name, act] = random.pick(choices);
    act();
    this.actions.set(name, (this.actions.get(name) ?? 0) + 1);
  }

  #stop(member: Member, stopMs: number): void {
    member.isStopped = true;
    member.running.kill('SIGSTOP');
    const goOn = async (): Promise<void> => {
      await sleep(stopMs);
      member.running.kill('SIGCONT');
      member.isStopped = false;
    };
    this.#stops.push(goOn());
  }

  async untilNobodyIsStopped(): Promise<void> {
    await Promise.all(this.#stops);
  }

  /**
   * Resolves when those who live, and only they, have all partitions, none two more than another, and
   * nothing changes any more.
   */
  async rest(): Promise<void> {
    const endMs = Date.now() + REST_WITHIN_MS;
    for (let shares = '', before = '-'; shares !== before || shares === '';) {
      if (Date.now() > endMs) throw new Error(`no rest; so far: ${shares}${this.#lastWords()}`);
      before = shares;
      shares = await this.#fairShares();
    }
  }

  /** '' while they are none. */
  async #fairShares(): Promise<string> {
    const { members } = await describeGroup(this.#shell, 'g');
    const counts = members.map(({ partitions }) => partitions.length);
    const isAll = counts.reduce((sum, count) => sum + count, 0) === this.#options.partitionCount;
    const isFair = Math.max(...counts) - Math.min(...counts) <= 1;
    const pids = members.map(({ pid }) => pid).sort();
    const livingPids = this.living.map(({ running }) => running.pid).sort();
    const isEverybody =
      pids.join() === livingPids.join() && members.every(({ isAlive }) => isAlive);
    return isAll && isFair && isEverybody
      ? JSON.stringify(members.map((one) => one.partitions))
      : '';
  }

  /** Resolves when all have ended; rejects if one did by itself. */
  async finish(): Promise<void> {
    for (const member of this.living) this.end(member, 'SIGINT');
    for (const member of this.members) {
      const { name, running, sent } = member;
      const { code, signal } = await running.ended;
      const isExpected = signal === sent || this.#options.otherCodes?.includes(code ?? -1);
      if (isExpected) continue;
      throw new Error(
        `${name} ended with ${signal ?? code}, sent was ${sent}: ${wordsOf(member, 30)}`,
      );
    }
  }

  #lastWords(): string {
    const texts = this.living.map(({ name, logPath }) => {
      const lines = readFileSync(logPath, 'latin1').split('\n');
      return `${name}: ${lines
        .filter((line) => /[a-z]/.test(line))
        .slice(-3)
        .join(' | ')}`;
    });
    return `\n${texts.join('\n')}`;
  }
}

/** The last lines that are no records. */
function wordsOf({ logPath }: Member, count: number): string {
  const lines = readFileSync(logPath, 'latin1').split('\n');
  const words = lines.filter((line) => /[a-z]/.test(line));
  return words.slice(-count).join('\n');
}

/** The middle one, or the higher of two. */
export function medianOf(numbers: readonly number[]): number {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? NaN;
}
