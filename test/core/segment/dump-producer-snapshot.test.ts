import { expect, test } from '@jest/globals';
import { crc32c } from '../../../src/core/bytes/crc32c.js';
import { dumpProducerSnapshot } from '../../../src/core/segment/dump-producer-snapshot.js';
import { entriesOf, fileOf } from './dumping.js';

/** An empty snapshot, as Kafka writes it. */
const EMPTY = Buffer.from('000148674bc700000000', 'hex');

function snapshot(change: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(10 + 46);
  bytes.writeInt16BE(1, 0);
  bytes.writeInt32BE(1, 6);
  bytes.writeBigInt64BE(14n, 10);
  bytes.writeInt16BE(3, 18);
  bytes.writeInt32BE(1, 20);
  bytes.writeBigInt64BE(21n, 24);
  bytes.writeInt32BE(3, 32);
  bytes.writeBigInt64BE(777n, 36);
  bytes.writeInt32BE(-1, 44);
  bytes.writeBigInt64BE(-1n, 48);
  change(bytes);
  bytes.writeUInt32BE(crc32c(bytes, 6, bytes.length), 2);
  return bytes;
}

test('producers are told one by one; a first sequence may lie before the wrap', () => {
  expect(entriesOf(dumpProducerSnapshot(fileOf(snapshot())))).toEqual([
    {
      kind: 'producer',
      producerId: 14,
      producerEpoch: 3,
      coordinatorEpoch: -1,
      currentTxnFirstOffset: -1,
      timestamp: 777,
      firstSequence: 2 ** 31 - 2,
      lastSequence: 1,
      lastOffset: 21,
      offsetDelta: 3,
    },
  ]);
  expect(entriesOf(dumpProducerSnapshot(fileOf(EMPTY)))).toEqual([]);
});

test('whatever bit is flipped, it is damaged', () => {
  const whole = snapshot();
  for (let at = 0; at < whole.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 1 << bit;
      const [entry] = entriesOf(dumpProducerSnapshot(fileOf(bytes)));
      expect(entry?.kind).toBe('damage');
    }
  }
});

test.each([
  ['cut short', EMPTY.subarray(0, 9), 9],
  ['of a later version', snapshot((bytes) => bytes.writeInt16BE(2, 0)), 0],
  ['with fewer entries than it says', snapshot((bytes) => bytes.writeInt32BE(2, 6)), 6],
  ['with an impossible number', snapshot((bytes) => bytes.writeBigInt64BE(2n ** 62n, 24)), 10],
])('a snapshot %s is damaged there', (_, bytes, position) => {
  expect(entriesOf(dumpProducerSnapshot(fileOf(bytes)))).toMatchObject([
    { kind: 'damage', position },
  ]);
});
