/** The program as its users have it (bin/ and dist/), built into a temporary directory by swc alone. */
import { transformFileSync } from '@swc/core';
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const PROJECT = resolve(import.meta.dirname, '../..');

export interface CompiledTree {
  readonly root: string;
  /** The launcher, to be run by node. */
  readonly bin: string;
}

/** As it is shipped: without the manifest every start would load every command. */
const WRITE_MANIFEST = `
  import { writeFileSync } from 'node:fs';
  import { Config } from '@oclif/core';
  const [plugin] = (await Config.load({ root: process.cwd() })).getPluginsList();
  writeFileSync('oclif.manifest.json', JSON.stringify(plugin.manifest));
`;

/** `extraCommandsPath`: TypeScript commands that are there for a test alone. */
export function compileTree(extraCommandsPath?: string): CompiledTree {
  const root = mkdtempSync(join(tmpdir(), 'spool-tree-'));
  compileFolder(join(PROJECT, 'src'), join(root, 'dist'));
  if (extraCommandsPath !== undefined) {
    compileFolder(extraCommandsPath, join(root, 'dist/commands'));
  }
  cpSync(join(PROJECT, 'bin'), join(root, 'bin'), { recursive: true });
  symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  const commands = { strategy: 'pattern', target: './dist/commands' };
  const oclif = { bin: 'spool', commands, topicSeparator: ' ', additionalHelpFlags: ['-h'] };
  const pjson = { name: 'spool', version: '1.2.3', type: 'module', oclif };
  writeFileSync(join(root, 'package.json'), JSON.stringify(pjson));
  execFileSync(process.execPath, ['--input-type=module', '-e', WRITE_MANIFEST], { cwd: root });
  return { root, bin: join(root, 'bin/run.js') };
}

function compileFolder(from: string, to: string): void {
  for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const target = join(to, name.replace(/\.ts$/, '.js'));
    const { code } = transformFileSync(join(from, name), {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
      swcrc: false,
    });
    mkdirSync(dirname(target), { recursive: true });
    // A test's own commands point into src/; here they lie in dist/commands.
    const toRoot = '../'.repeat(name.split('/').length);
    writeFileSync(target, code.replaceAll(/(?:\.\.\/)+src\//g, toRoot));
  }
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export function start(
  tree: CompiledTree,
  argv: string[],
  options: SpawnOptions = {},
): ChildProcess {
  return spawn(process.execPath, [tree.bin, ...argv], options);
}

/** Through a shell, in which `spool` is the program. */
export function shell(tree: CompiledTree, script: string, variables: object = {}): Promise<Ended> {
  const spool = `spool() { '${process.execPath}' '${tree.bin}' "$@"; }`;
  return ended(
    spawn('bash', ['-c', `${spool}\n${script}`], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

export function ended(child: ChildProcess): Promise<Ended> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolvePromise, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const text = Buffer.concat(stderr).toString();
      resolvePromise({ code, signal, stdout: Buffer.concat(stdout), stderr: text });
    });
  });
}
