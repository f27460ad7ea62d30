/**
 * Libraries that most commands never need, loaded on first use and synchronously: codecs, the native
 * checksum, node:zlib (4 ms of start-up). The one place that knows how, so a bundler has one place
 * to look at.
 */
import { createRequire } from 'node:module';

let load: NodeJS.Require | undefined;

/** The exports of a CommonJS or native package. Throws Node's own error if it cannot be loaded. */
export function loadLibrary(name: string): unknown {
  load ??= createRequire(import.meta.url);
  return load(name);
}
