import { describe, expect, test } from '@jest/globals';
import { formatReport, formatReportJson, reportOf } from '../../src/cli/error-report.js';
import { assert } from '../../src/core/assert.js';
import { CoreError } from '../../src/core/errors.js';
import { PLAIN_PALETTE } from '../../src/view/palette.js';

const text = (error: unknown): string => formatReport(reportOf(error), PLAIN_PALETTE);

describe('for a person', () => {
  test('what, why, and what to type next', () => {
    const suggestion = 'did you mean orders?\nspool topic list shows all';
    const error = new CoreError('UNKNOWN_TOPIC_OR_PARTITION', 'no topic odrers', { suggestion });
    expect(text(error)).toBe(
      'error: no topic odrers\n  did you mean orders?\n  spool topic list shows all\n',
    );
  });

  test('an error without a suggestion gets that of its code', () => {
    expect(text(new CoreError('CONFIRMATION_REQUIRED', 'no'))).toContain('  add -y');
  });

  test('names cannot drive the terminal', () => {
    expect(text(new CoreError('IO_ERROR', 'cannot open \u001b[31mx\u202e'))).toBe(
      'error: cannot open \\e[31mx\\u202e\n',
    );
  });

  test('a bug shows its stack, and says that it is one', () => {
    let bug: unknown;
    try {
      assert(false, 'offsets go back');
    } catch (error) {
      bug = error;
    }
    expect(text(bug)).toMatch(/^AssertionError: offsets go back\n +at /);
    expect(text(bug)).toContain('error: this is a bug in spool: offsets go back\n  please report');
    expect(reportOf(bug).exitCode).toBe(1);
  });

  test.each(['text', null, undefined, 7])('even %j can be thrown', (thrown) => {
    expect(text(thrown)).toContain(`this is a bug in spool: ${String(thrown)}`);
  });
});

test('as JSON it is one line with the facts as data', () => {
  const error = new CoreError('BUSY', 'held\nby 7', {
    details: { pid: 7, bytes: 1n },
    suggestion: 'wait',
  });
  expect(formatReportJson(reportOf(error))).toBe(
    '{"error":{"code":"BUSY","message":"held\\nby 7","suggestion":"wait","details":{"pid":7,"bytes":"1"}}}\n',
  );
});
