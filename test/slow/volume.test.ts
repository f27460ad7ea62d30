/** Bytes in, the same bytes out, in bounded memory. SPOOL_LINES: how many lines of 100 bytes. */
import { describe, expect, test } from '@jest/globals';
import { randomFillSync } from 'node:crypto';
import { SeededRandom } from '../support/seeded-random.js';
import { inShell, type Shell } from '../support/shell.js';
import { printedSeed, printFigure, sizeFrom } from '../support/slow-size.js';

const LINE_COUNT = sizeFrom('SPOOL_LINES', 5_000_000);
const MiB = 2 ** 20;
/** A process may use so much, and four times its largest record. */
const BASE_BYTES = 150 * MiB;

/** Loaded before the program: writes down the most memory it ever had. */
const MEMORY_PROBE = `
const { appendFileSync, readFileSync } = require('node:fs');
process.on('exit', () => {
  const [, kib] = /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'));
  appendFileSync('memory.txt', process.argv[2] + ' ' + kib + '\\n');
});`;

const PROBED = { NODE_OPTIONS: '--require ./probe.cjs' };

async function run(shell: Shell, script: string): Promise<number> {
  shell.write('probe.cjs', MEMORY_PROBE);
  const beganMs = Date.now();
  const { code, err } = await shell.run(`set -o pipefail; ${script}`, { env: PROBED });
  expect({ script, code, err }).toEqual({ script, code: 0, err: '' });
  return (Date.now() - beganMs) / 1000;
}

function expectBoundedMemory(shell: Shell, largestRecordBytes: number): void {
  const lines = shell.read('memory.txt').toString().trim().split('\n');
  printFigure(`peak memory in KiB: ${lines.join(', ')}`);
  for (const line of lines) {
    const [command = '', kib = ''] = line.split(' ');
    const isBounded = Number(kib) * 1024 < BASE_BYTES + 4 * largestRecordBytes;
    expect({ command, kib, isBounded }).toEqual({ command, kib, isBounded: true });
  }
}

function printRate(what: string, seconds: number): void {
  const rate = Math.round(LINE_COUNT / seconds).toLocaleString('en');
  printFigure(`${what} ${LINE_COUNT} lines: ${seconds.toFixed(2)} s, ${rate} records/s`);
}

/** `count` values of any bytes, each with its length before it. */
function randomFrames(count: number, seed: number): Buffer {
  const random = new SeededRandom(seed);
  const frames: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const frame = Buffer.allocUnsafe(4 + random.extremeUpTo(256));
    randomFillSync(frame);
    frame.writeInt32BE(frame.length - 4, 0);
    frames.push(frame);
  }
  return Buffer.concat(frames);
}

describe('what goes in comes out', () => {
  test(
    'millions of lines, byte for byte',
    inShell(async (shell) => {
      // 99 digits and a newline.
      await run(shell, `seq -f %099.0f ${LINE_COUNT} > lines; spool topic create t`);
      shell.write('memory.txt', '');
      printRate('produce', await run(shell, 'spool produce t < lines'));
      printRate('consume', await run(shell, 'spool consume t > out'));
      printRate('consume -F none', await run(shell, 'spool consume t -F none'));
      expectBoundedMemory(shell, 100);
      await run(shell, 'cmp lines out');
      await run(shell, `test $(spool consume t --from -1) = $(tail -1 lines)`);
    }),
  );

  test(
    'a hundred thousand values of all bytes',
    inShell(async (shell) => {
      shell.write('frames', randomFrames(100_000, printedSeed()));
      await run(shell, 'spool produce t --create -F length < frames');
      await run(shell, 'spool consume t -F length | cmp - frames');
      await run(shell, 'spool consume t -F json | spool produce u --create -F json');
      await run(shell, 'spool consume u -F length | cmp - frames');
      // The same bytes cut at other places: as lines, and at NUL.
      await run(shell, "{ cat frames; printf '.\\n'; } | tee ended | spool produce lines --create");
      await run(shell, 'spool consume lines | cmp - ended');
      await run(
        shell,
        "{ cat frames; printf '.\\0'; } | tee ended | spool produce nul -0 --create",
      );
      await run(shell, 'spool consume nul -0 | cmp - ended');
      expectBoundedMemory(shell, 256);
    }),
  );

  test.each([
    ['one byte', 1],
    ['20 MB', 20_000_000],
  ])('one record of %s', (_name, sizeBytes) =>
    inShell(async (shell) => {
      await run(
        shell,
        `head -c ${sizeBytes} /dev/urandom > value; spool topic create t -c max.message.bytes=32MB`,
      );
      await run(
        shell,
        'spool produce t --whole < value; spool produce t --whole --compression gzip value',
      );
      await run(shell, "spool consume t --delimiter '' | cmp - <(cat value value)");
      // Bytes that are no text travel as base64, which is a third more of them.
      await run(shell, 'spool consume t -n 1 -F json > envelope; spool produce t -F json envelope');
      await run(shell, "spool consume t --delimiter '' | cmp - <(cat value value value)");
      expectBoundedMemory(shell, sizeBytes);
    })(),
  );
});
