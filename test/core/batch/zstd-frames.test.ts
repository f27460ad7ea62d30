import { describe, expect, test } from '@jest/globals';
import { parseZstdFrames } from '../../../src/core/batch/zstd-frames.js';

const MAGIC = '28b52ffd';

function block(type: number, size: number, isLast: boolean, data = ''): string {
  const header = Buffer.alloc(3);
  header.writeUIntLE(size * 8 + type * 2 + (isLast ? 1 : 0), 0, 3);
  return header.toString('hex') + data;
}

const A = block(0, 1, true, 'aa');

describe('what zstd frames can open to', () => {
  test.each([
    ['nothing', '', 0],
    ['a raw block', `${MAGIC}0058${block(0, 2, true, 'aabb')}`, 2],
    ['a run of a byte', `${MAGIC}0058${block(1, 100_000, true, 'aa')}`, 100_000],
    ['a compressed block', `${MAGIC}0058${block(2, 3, true, 'aabbcc')}`, 131072],
    ['two blocks', `${MAGIC}0058${block(1, 9, false, 'aa')}${A}`, 10],
    ['a checksum', `${MAGIC}0458${A}11223344`, 1],
    ['a single segment with its size', `${MAGIC}2001${A}`, 1],
    ['a size of 8 bytes and a dictionary id of 4', `${MAGIC}e3${'00'.repeat(12)}${A}`, 1],
    ['a size of 2 bytes', `${MAGIC}40580000${A}`, 1],
    ['two frames', `${MAGIC}0058${A}${MAGIC}0058${block(1, 7, true, 'aa')}`, 8],
    ['a skippable frame', `5a2a4d1802000000aabb${MAGIC}0058${A}`, 1],
  ])('%s', (_, hex, expected) => {
    const input = Buffer.from(hex, 'hex');
    let boundBytes = 0;
    let at = 0;
    for (const frame of parseZstdFrames(input)) {
      expect(frame.at).toBe(at);
      boundBytes += frame.boundBytes;
      at = frame.end;
    }
    expect(at).toBe(input.length);
    expect(boundBytes).toBe(expected);
  });

  test.each([
    ['another magic', `29b52ffd0058${A}`],
    ['no block', `${MAGIC}00580000`],
    ['a block beyond the end', `${MAGIC}0058${block(0, 2, true, 'aa')}`],
    ['no last block', `${MAGIC}0058${block(0, 1, false, 'aa')}`],
    ['a checksum that is cut off', `${MAGIC}0458${A}1122`],
    ['a skippable frame beyond the end', '5a2a4d1803000000aabb'],
    ['a reserved block type', `${MAGIC}0058${block(3, 1, true, 'aa')}`],
    ['bytes after the frame', `${MAGIC}0058${A}00`],
  ])('%s is refused', (_, hex) => {
    expect(() => parseZstdFrames(Buffer.from(hex, 'hex'))).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });
});
