import { expect, test } from '@jest/globals';
import { PacedSink } from '../../../src/cli/produce/pace.js';
import { CoreError } from '../../../src/core/errors.js';

test('a stop while records wait ends with its own reason', async () => {
  const controller = new AbortController();
  const values: (string | undefined)[] = [];
  const target = {
    append: ({ value }: { value: Uint8Array | null }) => void values.push(value?.toString()),
    appendRange: () => undefined,
  };
  const paced = new PacedSink(target, { count: 1, periodMs: 3_600_000 });
  const record = { key: null, headers: [], timestamp: undefined, partition: undefined };
  paced.append({ ...record, value: Buffer.from('first') });
  paced.append({ ...record, value: Buffer.from('second') });
  const reason = new CoreError('INTERRUPTED', 'interrupted by SIGTERM');
  const drained = paced.drain(
    () => 0,
    controller.signal,
    () => {
      // The first one has gone out; the second one is an hour away.
      setImmediate(() => {
        controller.abort(reason);
      });
      return Promise.resolve();
    },
  );
  await expect(drained).rejects.toBe(reason);
  expect(values).toEqual(['first']);
});
