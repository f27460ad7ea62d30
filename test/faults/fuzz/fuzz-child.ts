/** Builds the fuzz process and runs it, and ends it when a case does not come to an end. */
import { build } from 'esbuild';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FuzzReport } from './fuzz-process.js';

const PROJECT = resolve(import.meta.dirname, '../../..');

/** Far more than the slowest case takes, also on a busy machine. */
const HANG_MS = 30_000;
/** A quarter of what Node takes by itself: what grows without end shows soon. */
const HEAP_MIB = 768;

export interface FuzzRun {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

export class FuzzChild {
  readonly #folder = mkdtempSync(join(tmpdir(), 'spool-fuzz-'));

  async build(): Promise<void> {
    await build({
      entryPoints: [join(import.meta.dirname, 'fuzz-process.ts')],
      outfile: join(this.#folder, 'fuzz-process.js'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Rejects, naming the case, when one hangs or ends the process. */
  run({ target, seed, from, count }: FuzzRun): Promise<FuzzReport> {
    const progressPath = join(this.#folder, 'progress');
    const options = ['--enable-source-maps', `--max-old-space-size=${HEAP_MIB}`];
    const words = [target, seed, from, count, progressPath].map(String);
    const program = join(this.#folder, 'fuzz-process.js');
    return new Promise((resolvePromise, reject) => {
      const child = spawn(process.execPath, [...options, program, ...words]);
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      let seen = '';
      const watch = setInterval(() => {
        const now = read(progressPath);
        if (now === seen && now !== '') child.kill('SIGKILL');
        seen = now;
      }, HANG_MS);
      child.on('close', (code, signal) => {
        clearInterval(watch);
        if (code === 0) {
          resolvePromise(JSON.parse(Buffer.concat(out).toString()) as FuzzReport);
          return;
        }
        const what =
          signal === 'SIGKILL'
            ? 'hangs or was killed'
            : `ends the process (${String(code ?? signal)})`;
        const at = read(progressPath).trim();
        reject(
          new Error(
            `${target}, seed ${seed}: case ${at} ${what}\n${Buffer.concat(err).toString()}`,
          ),
        );
      });
    });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
