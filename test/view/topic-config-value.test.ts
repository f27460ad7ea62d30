import { expect, test } from '@jest/globals';
import { formatConfigValue } from '../../src/view/topic-config-value.js';

test.each([
  ['retention.ms', '604800000', '604800000 (7d)'],
  ['retention.ms', '-1', '-1 (forever)'],
  ['retention.bytes', '-1', '-1 (unlimited)'],
  ['retention.bytes', '10000000000', '10000000000 (9.3 GiB)'],
  ['flush.ms', '9223372036854775807', '9223372036854775807 (forever)'],
  ['local.retention.ms', '-2', '-2'],
  ['segment.bytes', '512', '512'],
  ['cleanup.policy', 'delete', 'delete'],
  ['flush.messages', '9223372036854775807', '9223372036854775807'],
  ['internal.segment.bytes', '', ''],
])('%s of %s is shown as %s', (name, value, shown) => {
  expect(formatConfigValue(name, value)).toBe(shown);
});
