/**
 * A pipe for a command's standard input. The one that node itself makes is a socket, which Linux lets
 * nobody open: `/dev/stdin`, a file name that so many loaders are given, would fail with ENXIO. (A FIFO
 * would not do: who opens that by name when all was written waits for another writer, forever.)
 *
 * Node has no call for a pipe, but a shell makes one for every `|`. Its ends can be opened anew through
 * /proc while somebody has one; then the shell is told to go. That takes some 2 ms.
 */
import { spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** Says the process that has the pipe as its descriptor 5, until its own input ends. */
const MAKE_PIPE =
  'exec 3<&0 4>&1; ' +
  ': | { exec 5<&0; read -r pid rest </proc/self/stat; echo "$pid" >&4; read -r rest <&3; }';

export interface StdinPipe {
  /** To be closed once the command has it. */
  readonly readDescriptor: number;
  /** Without reading: a slow reader holds up no thread, and is no hindrance to closing. */
  readonly writer: Socket;
}

/**
 * undefined: node's socket must do. Either this is not Linux, where a socket can be opened by name, or
 * there is no /proc, or a signal from the terminal has ended the shell.
 */
export async function openStdinPipe(): Promise<StdinPipe | undefined> {
  if (process.platform !== 'linux') return undefined;
  const shell = spawn('/bin/sh', ['-c', MAKE_PIPE], { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = new Promise((resolve) => {
    shell.once('error', resolve);
    shell.once('close', resolve);
  });
  try {
    return openBothEnds(`/proc/${await firstNumber(shell.stdout)}/fd/5`);
  } catch {
    return undefined;
  } finally {
    shell.stdin.destroy();
    // Until then it could read, too.
    await closed;
  }
}

export function closeReadEnd({ readDescriptor }: StdinPipe): void {
  closeSync(readDescriptor);
}

/** NaN if nothing comes. */
async function firstNumber(output: Readable): Promise<number> {
  for await (const line of output) return parseInt(String(line), 10);
  return NaN;
}

function openBothEnds(path: string): StdinPipe {
  const readDescriptor = openSync(path, constants.O_RDONLY);
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_WRONLY);
    return { readDescriptor, writer: new Socket({ fd, readable: false, writable: true }) };
  } catch (error) {
    closeSync(readDescriptor);
    if (fd !== undefined) closeSync(fd);
    throw error;
  }
}
