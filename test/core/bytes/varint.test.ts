import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  sizeOfVarint,
  sizeOfVarlong,
  VarintReader,
  writeVarint,
  writeVarlong,
} from '../../../src/core/bytes/varint.js';
import { goldenTest, readGoldenLines } from '../../support/golden.js';

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

function readerOf(hex: string): VarintReader {
  const bytes = Buffer.from(`ee${hex}ee`, 'hex');
  const reader = new VarintReader();
  reader.open(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1);
  return reader;
}

function written(write: typeof writeVarint, value: number): string {
  const target = Buffer.alloc(16);
  return target.subarray(0, write(target, 0, value)).toString('hex');
}

describe('varint', () => {
  const vectors: [number, string][] = [
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [63, '7e'],
    [-64, '7f'],
    [64, '8001'],
    [-65, '8101'],
    [8191, 'fe7f'],
    [-8192, 'ff7f'],
    [8192, '808001'],
    [-8193, '818001'],
    [1048575, 'feff7f'],
    [-1048576, 'ffff7f'],
    [1048576, '80808001'],
    [134217727, 'feffff7f'],
    [-134217728, 'ffffff7f'],
    [134217728, '8080808001'],
    [-134217729, '8180808001'],
    [INT32_MAX, 'feffffff0f'],
    [INT32_MIN, 'ffffffff0f'],
  ];

  test.each(vectors)('%d is %s, as a varint and as a varlong', (value, hex) => {
    expect(written(writeVarint, value)).toBe(hex);
    expect(written(writeVarlong, value)).toBe(hex);
    expect(sizeOfVarint(value)).toBe(hex.length / 2);
    expect(sizeOfVarlong(value)).toBe(hex.length / 2);
    for (const read of ['readVarint', 'readVarlong'] as const) {
      const reader = readerOf(hex);
      expect(reader[read]()).toBe(value);
      expect(reader.at).toBe(reader.end);
    }
  });

  test.each([
    [17179869183, 'feffffff7f'],
    [-17179869184, 'ffffffff7f'],
    [17179869184, '808080808001'],
    [2199023255551, 'feffffffff7f'],
    [Number.MAX_SAFE_INTEGER, 'feffffffffffff1f'],
    [Number.MIN_SAFE_INTEGER, 'fdffffffffffff1f'],
  ])('%d is %s as a varlong', (value, hex) => {
    expect(written(writeVarlong, value)).toBe(hex);
    expect(sizeOfVarlong(value)).toBe(hex.length / 2);
    expect(readerOf(hex).readVarlong()).toBe(value);
  });

  test.each([
    ['a varint of six bytes', 'readVarint', '808080808001'],
    ['a varint of more than 32 bits', 'readVarint', 'ffffffff1f'],
    ['a varint that is cut off', 'readVarint', 'ff'],
    ['no varint at all', 'readVarint', ''],
    ['a varlong of eleven bytes', 'readVarlong', '8080808080808080808000'],
    ['a varlong of ten bytes and more than 64 bits', 'readVarlong', 'ffffffffffffffffff02'],
    ['a varlong that is cut off early', 'readVarlong', 'ffff'],
    ['a varlong that is cut off late', 'readVarlong', 'ffffffffffffff'],
    ['2^53', 'readVarlong', '8080808080808020'],
    ['-2^53', 'readVarlong', 'ffffffffffffff1f'],
    ['the largest int64', 'readVarlong', 'feffffffffffffffff01'],
    ['the smallest int64', 'readVarlong', 'ffffffffffffffffff01'],
  ] as const)('%s is refused', (_, read, hex) => {
    expect(() => readerOf(hex)[read]()).toThrow(
      expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
    );
  });

  test('zeros in front of the end are read, as Kafka does', () => {
    expect(readerOf('828000').readVarint()).toBe(1);
    expect(readerOf('82808080808000').readVarlong()).toBe(1);
  });

  test('a byte behind the end is refused', () => {
    const reader = readerOf('07');
    expect(reader.readByte()).toBe(7);
    expect(() => reader.readByte()).toThrow(expect.objectContaining({ code: 'CORRUPT_MESSAGE' }));
  });

  test('every safe integer survives, in the size that was announced', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const hex = written(writeVarlong, value);
        expect(hex.length / 2).toBe(sizeOfVarlong(value));
        expect(readerOf(hex).readVarlong()).toBe(value);
      }),
    );
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const hex = written(writeVarint, value);
        expect(hex.length / 2).toBe(sizeOfVarint(value));
        expect(readerOf(hex).readVarint()).toBe(value);
      }),
    );
  });

  goldenTest("Kafka's varlongs are the same here, and those beyond 2^53 are refused", () => {
    let refused = 0;
    for (const { value, hex, size } of readGoldenLines<{
      value: string;
      hex: string;
      size: number;
    }>('vectors/varlong.jsonl')) {
      const number = Number(value);
      if (Number.isSafeInteger(number)) {
        expect([written(writeVarlong, number), sizeOfVarlong(number)]).toEqual([hex, size]);
        expect(readerOf(hex).readVarlong()).toBe(number);
      } else {
        refused++;
        expect(() => readerOf(hex).readVarlong()).toThrow(
          expect.objectContaining({ code: 'CORRUPT_MESSAGE' }),
        );
      }
    }
    expect(refused).toBeGreaterThan(0);
  });
});
