import { expect, test } from '@jest/globals';
import { FileFindings, confirmedBy } from '../../../src/core/log/verify-finding.js';

test('a finding without a place says so', () => {
  const findings = new FileFindings('/f');
  findings.damage('wrong', { position: 8, offset: 5 });
  findings.note('odd');
  expect(findings.list).toEqual([
    { kind: 'damage', file: '/f', position: 8, offset: 5, reason: 'wrong' },
    { kind: 'note', file: '/f', position: null, offset: null, reason: 'odd' },
  ]);
});

test('a hundred findings of one file are enough', () => {
  const findings = new FileFindings('/f');
  for (let position = 0; position < 150; position++) findings.damage('wrong', { position });
  expect(findings.isFull).toBe(true);
  expect(findings.list.length).toBe(100);
});

test('only what is found twice, in one place and for one reason, is confirmed', () => {
  const earlier = new FileFindings('/f');
  earlier.damage('wrong', { position: 1 });
  earlier.damage('wrong', { position: 2 });
  earlier.damage('other', { position: 3 });
  const later = new FileFindings('/f');
  later.damage('wrong', { position: 2 });
  later.damage('wrong', { position: 3 });
  expect(confirmedBy(earlier.list, later.list)).toMatchObject([{ position: 2 }]);
});
