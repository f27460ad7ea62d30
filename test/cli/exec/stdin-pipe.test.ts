import { expect, test } from '@jest/globals';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { closeReadEnd, openStdinPipe, type StdinPipe } from '../../../src/cli/exec/stdin-pipe.js';

async function openPipe(): Promise<StdinPipe> {
  const pipe = await openStdinPipe();
  if (pipe === undefined) throw new Error('no pipe');
  return pipe;
}

test('what goes in comes out, also for who opens it by name when all was written', async () => {
  const pipe = await openPipe();
  expect(fstatSync(pipe.readDescriptor).isFIFO()).toBe(true);
  await new Promise((resolve) => pipe.writer.write('one', resolve));
  pipe.writer.destroy();
  await once(pipe.writer, 'close');
  const again = openSync(`/proc/self/fd/${pipe.readDescriptor}`, 'r');
  closeReadEnd(pipe);
  expect(readFileSync(again, 'utf8')).toBe('one');
  closeSync(again);
});

test('nobody else can read: without its reader it is broken at once', async () => {
  for (let round = 0; round < 20; round++) {
    const pipe = await openPipe();
    closeReadEnd(pipe);
    pipe.writer.on('error', () => undefined);
    const error = await new Promise((resolve) => pipe.writer.write('x', resolve));
    expect(error).toMatchObject({ code: 'EPIPE' });
  }
});
