import { expect, test } from '@jest/globals';
import type { DumpEntry, DumpedRecord } from '../../src/core/index.js';
import { dumpText } from '../../src/view/segment-dump.js';

const PIPE = { printData: true, isTerminal: false };
const TERMINAL = { printData: true, isTerminal: true };

function recordOf(fields: Partial<DumpedRecord>): DumpedRecord {
  const [key, value] = [fields.key ?? null, fields.value ?? null];
  return {
    kind: 'record',
    offset: 7,
    timestampType: 'CreateTime',
    timestamp: 99,
    sequence: -1,
    keySize: key?.length ?? -1,
    valueSize: value?.length ?? -1,
    key,
    value,
    headers: [],
    control: undefined,
    ...fields,
  };
}

const HEAD = '| offset: 7 CreateTime: 99 keySize: -1';

test.each<[string, DumpEntry, string]>([
  ['a file', { kind: 'file', file: '/a/0.log' }, 'Dumping /a/0.log\n'],
  ['its start', { kind: 'log-start', offset: 5 }, 'Log starting offset: 5\n'],
  ['an empty index', { kind: 'empty', file: '/a/0.index' }, '/a/0.index is empty.\n'],
  [
    'a torn tail',
    { kind: 'incomplete', position: 9, sizeBytes: 4, fileName: '0.log' },
    'Found 4 invalid bytes at the end of 0.log\n',
  ],
  [
    'a tombstone',
    recordOf({ key: Buffer.from('k') }),
    '| offset: 7 CreateTime: 99 keySize: 1 valueSize: -1 sequence: -1 headerKeys: [] key: k\n',
  ],
  [
    'headers',
    recordOf({
      headers: [
        { key: Buffer.from('a'), value: null },
        { key: Buffer.from('ü'), value: null },
      ],
    }),
    `${HEAD} valueSize: -1 sequence: -1 headerKeys: [a,ü]\n`,
  ],
  [
    'a marker',
    recordOf({ control: { type: 'abort', typeId: 0, coordinatorEpoch: 3 } }),
    `${HEAD} valueSize: -1 sequence: -1 headerKeys: [] endTxnMarker: ABORT coordinatorEpoch: 3\n`,
  ],
  [
    'another control record',
    recordOf({ control: { type: 'leader-change', typeId: 2, coordinatorEpoch: undefined } }),
    `${HEAD} valueSize: -1 sequence: -1 headerKeys: [] controlType: LEADER_CHANGE(2)\n`,
  ],
  ['a finding', { kind: 'damage', file: '/a', position: 1, reason: 'r' }, ''],
])('%s is worded as Kafka words it', (_, entry, text) => {
  expect(dumpText(entry, PIPE)).toBe(text);
});

test('data is not shown unasked', () => {
  const record = recordOf({ value: Buffer.from('secret') });
  expect(dumpText(record, { printData: false, isTerminal: false })).not.toContain('secret');
});

test('data drives no terminal, and reaches a pipe as it is', () => {
  const record = recordOf({ value: Buffer.from('\u001b[2J') });
  expect(dumpText(record, TERMINAL)).toContain('payload: \\e[2J');
  expect(dumpText(record, PIPE)).toContain('payload: \u001b[2J');
});

test.each([
  ['a surrogate', 'eda080', '\ufffd'],
  ['a half of one', 'eda0', '\ufffd'],
  ['stray bytes', 'ff80', '\ufffd\ufffd'],
])('what is no UTF-8 becomes what Java makes of it: %s', (_, hex, text) => {
  const record = recordOf({ value: Buffer.from(`41${hex}42`, 'hex') });
  expect(dumpText(record, PIPE)).toContain(`payload: A${text}B\n`);
});
