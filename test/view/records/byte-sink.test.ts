import { expect, test } from '@jest/globals';
import { ByteSink } from '../../../src/view/records/byte-sink.js';

test('what was appended comes out, whatever had to grow', () => {
  const out = new ByteSink(0);
  out.append(Buffer.of(1, 0xff));
  out.appendByte(2);
  out.appendInt32(-1);
  out.appendAscii('ab');
  out.appendUtf8('é€😀');
  const expected = Buffer.concat([Buffer.from('01ff02ffffffff6162', 'hex'), Buffer.from('é€😀')]);
  expect(out.view().equals(expected)).toBe(true);
  expect(out.length).toBe(expected.length);
  expect(out.view(7).toString()).toBe('abé€😀');
});

test('after a reset it is empty, and the memory is used again', () => {
  const out = new ByteSink(8);
  out.appendAscii('first');
  const { buffer } = out.view();
  out.reset();
  out.appendAscii('2');
  expect(out.view().toString()).toBe('2');
  expect(out.view().buffer).toBe(buffer);
});
