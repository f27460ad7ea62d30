import { expect, test } from '@jest/globals';
import { crc32 } from 'node:zlib';
import { isOldMessage } from '../../../src/core/segment/old-message.js';
import { batchAt, fileOf } from '../../support/log-fixture.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';

/** Attributes, null key, value "x"; v1 has a timestamp before them. */
function oldMessage(magic: 0 | 1): Buffer {
  const time = magic === 1 ? '0000018bcfe56800' : '';
  const checked = Buffer.from(`0${magic}00${time}ffffffff0000000178`, 'hex');
  const head = Buffer.alloc(16);
  head.writeInt32BE(checked.length + 4, 8);
  head.writeUInt32BE(crc32(checked), 12);
  return Buffer.concat([head, checked]);
}

function isOld(bytes: Buffer, position = 0): boolean {
  return isOldMessage(fileOf(new MemoryFileSystem(), '/log', bytes), position);
}

test.each([0, 1] as const)('a message of format v%d is known by its checksum', (magic) => {
  const message = oldMessage(magic);
  expect(isOld(message)).toBe(true);
  expect(isOld(Buffer.concat([Buffer.alloc(5), message]), 5)).toBe(true);
  for (let at = 8; at < message.length; at++) {
    const harmed = Buffer.from(message);
    harmed[at]! ^= 0x40;
    expect(isOld(harmed)).toBe(false);
  }
  expect(isOld(message.subarray(0, -1))).toBe(false);
});

test('a batch whose magic was damaged is none', () => {
  const batch = batchAt(0, ['a']);
  batch[16] = 0;
  expect(isOld(batch)).toBe(false);
  expect(isOld(Buffer.alloc(100))).toBe(false);
});
