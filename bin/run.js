#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { launch } from '../dist/cli/launch.js';

// Never process.exit(): it would cut off output that a pipe has not taken yet.
process.exitCode = await launch({
  argv: process.argv.slice(2),
  root: fileURLToPath(new URL('..', import.meta.url)),
});

// A lock that was waited for in vain keeps a thread of its own, and with it this process, until its
// holder lets go. All output has been written by now; the timer alone does not keep anything alive.
setTimeout(() => process.exit(), 250).unref();
