// src -> dist: a small file for each command, and what they share in chunks. Modules that are loaded one
// by one cost every start some 45 ms more (measured). Types are the business of `npm run typecheck`.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Plugin } from '@oclif/core';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What bin/, scripts/ and bench/ import. */
const entries = [
  'cli/launch.ts',
  'cli/help.ts',
  'view/look.ts',
  'core/batch/batch-builder.ts',
  'core/batch/record-cursor.ts',
  'core/bytes/crc32c.ts',
];

const commands = readdirSync(`${root}/src/commands`, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `commands/${name}`);

// A command that was removed from src must not live on in dist.
for (const name of ['dist', 'oclif.manifest.json']) {
  rmSync(`${root}/${name}`, { recursive: true, force: true });
}

await build({
  entryPoints: [...entries, ...commands].map((name) => `${root}/src/${name}`),
  outbase: `${root}/src`,
  outdir: `${root}/dist`,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
});

// With the manifest a start loads one command, not all of them to see what they are called.
const plugin = new Plugin({ root, ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(plugin.manifest));
