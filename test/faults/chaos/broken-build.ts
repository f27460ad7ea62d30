/**
 * The program with a deliberate defect: a copy of its source in which exact texts are replaced, built as
 * the real one is. A text that is not there exactly once is an error, so that whoever changes the source
 * is told to move the defect along, instead of it silently being none any more.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '../../..');

export interface Substitution {
  /** From src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface TestOutcome {
  readonly title: string;
  readonly hasPassed: boolean;
}

export class BrokenBuild {
  readonly root: string;

  constructor(substitutions: readonly Substitution[]) {
    // Jest knows files by their real paths.
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'spool-broken-')));
    for (const name of ['src', 'bin', 'scripts', 'package.json', 'jest.config.js']) {
      cpSync(join(PROJECT, name), join(this.root, name), { recursive: true });
    }
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'));
    for (const { file, from, to } of substitutions) this.#substitute(file, from, to);
  }

  #substitute(file: string, from: string, to: string): void {
    const path = join(this.root, 'src', file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) {
      throw new Error(`src/${file} has ${parts.length - 1} times, not once: ${from}`);
    }
    writeFileSync(path, parts.join(to));
  }

  /** The launcher. */
  build(): string {
    execFileSync(process.execPath, ['scripts/build.js'], { cwd: this.root, stdio: 'pipe' });
    return join(this.root, 'bin/run.js');
  }

  /** Runs one of the project's test files against the defective source. */
  runTests(path: string): TestOutcome[] {
    cpSync(join(PROJECT, 'test'), join(this.root, 'test'), {
      recursive: true,
      filter: (source) => !source.startsWith(join(PROJECT, 'test/faults')),
    });
    const outcome = join(this.root, 'outcome.json');
    const jest = join(PROJECT, 'node_modules/jest/bin/jest.js');
    const argv = ['--experimental-vm-modules', jest, '-c', 'jest.config.js', '--json'];
    const { stderr } = spawnSync(process.execPath, [...argv, `--outputFile=${outcome}`, path], {
      cwd: this.root,
      stdio: 'pipe',
      encoding: 'utf8',
    });
    try {
      return parseOutcome(readFileSync(outcome, 'utf8'));
    } catch (error) {
      throw new Error(`no outcome of ${path}: ${stderr}`, { cause: error });
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

interface JestOutcome {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

function parseOutcome(text: string): TestOutcome[] {
  return (JSON.parse(text) as JestOutcome).testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      title: fullName,
      hasPassed: status === 'passed',
    })),
  );
}
