import { expect, test } from '@jest/globals';
import { FileFindings } from '../../../src/core/log/verify-finding.js';
import { readIndexContent } from '../../../src/core/log/verify-index-content.js';
import { MemoryFileSystem } from '../../support/memory-fs.js';
import { writeBytes } from './verification.js';

const ENTRY = Buffer.from('0000000a00000100', 'hex');

function contentOf(bytes: Uint8Array | undefined) {
  const fs = new MemoryFileSystem();
  if (bytes !== undefined) writeBytes(fs, '/i', bytes);
  const findings = new FileFindings('/i');
  return { content: readIndexContent(fs, findings, ENTRY.length), findings: findings.list };
}

test.each([
  ['nothing', Buffer.alloc(0), 0, []],
  ['whole entries, one that ends in a zero byte too', Buffer.concat([ENTRY, ENTRY]), 2, []],
  ['padding', Buffer.concat([ENTRY, Buffer.alloc(160)]), 1, [[8, '160 bytes of padding']]],
  ['nothing but padding', Buffer.alloc(80), 0, [[0, '80 bytes of padding']]],
  ['a part of an entry', Buffer.concat([ENTRY, ENTRY.subarray(3)]), 1, [[8, 'ends in 5 bytes']]],
])('an index of %s', (_, bytes, entryCount, notes) => {
  const { content, findings } = contentOf(bytes);
  expect(content?.entryCount).toBe(entryCount);
  expect(findings).toMatchObject(
    notes.map(([position, reason]) => ({
      kind: 'note',
      position,
      reason: expect.stringContaining(String(reason)),
    })),
  );
});

test('an index that is not there is a note', () => {
  const { content, findings } = contentOf(undefined);
  expect(content).toBeUndefined();
  expect(findings).toMatchObject([{ kind: 'note', reason: expect.stringContaining('missing') }]);
});
