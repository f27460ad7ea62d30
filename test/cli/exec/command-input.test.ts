import { expect, test } from '@jest/globals';
import { CommandInput } from '../../../src/cli/exec/command-input.js';
import { closeReadEnd, openStdinPipe, type StdinPipe } from '../../../src/cli/exec/stdin-pipe.js';

/** More than a pipe holds. */
const LARGE = Buffer.alloc(4 * 1024 * 1024);

async function openInput(): Promise<{ pipe: StdinPipe; input: CommandInput }> {
  const pipe = await openStdinPipe();
  if (pipe === undefined) throw new Error('no pipe');
  return { pipe, input: new CommandInput(pipe.writer) };
}

test('a write that waits ends when the reader goes', async () => {
  const { pipe, input } = await openInput();
  const writing = input.write(LARGE);
  expect(input.gone.aborted).toBe(false);
  closeReadEnd(pipe);
  await expect(writing).rejects.toMatchObject({ code: 'READER_GONE' });
  expect(input.gone.aborted).toBe(true);
  await expect(input.write(Buffer.of(1))).rejects.toMatchObject({ code: 'READER_GONE' });
  await input.close();
});

test('a write that waits ends when the command has ended, whoever has the pipe', async () => {
  const { pipe, input } = await openInput();
  const writing = input.write(LARGE);
  input.abandon();
  await expect(writing).rejects.toMatchObject({ code: 'READER_GONE' });
  expect(input.gone.reason).toMatchObject({ code: 'READER_GONE' });
  await input.close();
  closeReadEnd(pipe);
});

test('closing it twice is closing it', async () => {
  const { pipe, input } = await openInput();
  await input.write(Buffer.of(1));
  await input.flush();
  await input.close();
  await input.close();
  expect(pipe.writer.closed).toBe(true);
  closeReadEnd(pipe);
});
