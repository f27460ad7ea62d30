/**
 * A shell whose data directory lies on file systems of the test's own: small ones, ones that lose their
 * power, ones that are taken away. All of them are gone after the test, however it ended.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningScript, Shell, type ShellOptions } from '../../support/shell.js';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

export class MountedShell extends Shell {
  readonly #mounted: string[] = [];
  readonly #undoings: (() => void)[] = [];
  readonly #running = new Set<RunningScript>();
  #dataDirectory: string | undefined;
  #bootId: string | undefined;

  override get dataDirectory(): string {
    return this.#dataDirectory ?? super.dataDirectory;
  }

  /** For the scripts that start from now on. */
  override set dataDirectory(path: string) {
    this.#dataDirectory = path;
  }

  /** What runs after a `reboot` has a mount table of its own: it must end before an unmount. */
  override start(script: string, options: ShellOptions = {}): RunningScript {
    const started = super.start(this.#inBoot(script), options);
    this.#running.add(started);
    const forget = (): void => void this.#running.delete(started);
    started.ended.then(forget, forget);
    return started;
  }

  /** Scripts that start from now on see another boot than those before. */
  reboot(id: string): void {
    this.#bootId = join(this.folder, `boot-${id}`);
    writeFileSync(this.#bootId, `${id}\n`);
  }

  /** An empty folder beside the scripts; its path. */
  makeFolder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** `mount ARGS FOLDER`; the folder is made. Its path. */
  mount(name: string, ...args: readonly string[]): string {
    return this.mountWith('mount', name, ...args);
  }

  /** The same with another program than `mount`. */
  mountWith(program: string, name: string, ...args: readonly string[]): string {
    const at = this.makeFolder(name);
    system(program, ...args, at);
    this.#mounted.push(at);
    return at;
  }

  unmount(at: string): void {
    system('umount', at);
    this.#mounted.splice(this.#mounted.lastIndexOf(at), 1);
  }

  /** After the test, before anything is unmounted; the last one first. */
  undoLater(undo: () => void): void {
    this.#undoings.push(undo);
  }

  async close(): Promise<void> {
    const running = [...this.#running];
    for (const script of running) script.killGroup('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    for (const undo of this.#undoings.reverse()) undo();
    // Also what the test has left in use, or has unmounted by itself.
    for (const at of this.#mounted.reverse()) attempt('umount', '-l', at);
    this.remove();
  }

  #inBoot(script: string): string {
    if (this.#bootId === undefined) return script;
    const inner = `mount --bind "$0" ${BOOT_ID} && exec bash -c "$1"`;
    return `exec unshare -m bash -c '${inner}' ${quoted(this.#bootId)} ${quoted(script)}`;
  }
}

/** The body of a test on mounts of its own. */
export function onMounts(body: (shell: MountedShell) => Promise<void>): () => Promise<void> {
  return async () => {
    const shell = new MountedShell();
    try {
      await body(shell);
    } finally {
      await shell.close();
    }
  };
}

/** Its standard output; an error with what the program said if it failed. */
export function system(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** False if it failed. */
export function attempt(program: string, ...args: readonly string[]): boolean {
  try {
    system(program, ...args);
    return true;
  } catch {
    return false;
  }
}

/** One word of a bash script. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
