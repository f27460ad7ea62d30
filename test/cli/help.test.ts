import { describe, expect, test } from '@jest/globals';
import { helpFor, pageNamed } from '../../src/cli/help.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { recordSession } from '../support/recorded-session.js';
import { SOME_MACHINE } from '../support/some-machine.js';

const boolean = { type: 'boolean', allowNo: false };
const { config } = await recordSession({
  commands: {
    produce: {
      summary: 'Append records.',
      examples: ['seq 5 | spool produce t'],
      args: { topic: { name: 'topic', required: true }, file: { name: 'file', multiple: true } },
      flags: {
        header: {
          name: 'header',
          type: 'option',
          char: 'H',
          multiple: true,
          helpValue: 'NAME=VALUE',
          summary: 'Add a header.',
        },
        secret: { ...boolean, name: 'secret', hidden: true },
        json: { ...boolean, name: 'json', summary: 'As JSON.', helpGroup: 'GLOBAL' },
      },
    },
    'topic:list': {
      summary: 'List topics.',
      hiddenAliases: ['topic:ls'],
      examples: ['spool topic list'],
    },
    'topic:create': { summary: 'Make topics.' },
    secret: { hidden: true },
    odd: { summary: 'In no group.' },
  },
});

test('a command: examples first, then how it is called', () => {
  expect(helpFor(config, ['produce'], PLAIN_LOOK)).toBe(`Append records.

  seq 5 | spool produce t

USAGE
  spool produce TOPIC [FILE...] [flags]

FLAGS
  -H, --header NAME=VALUE...  Add a header.

GLOBAL FLAGS
      --json  As JSON.
`);
});

test('a noun: its verbs, without aliases', () => {
  const text = helpFor(config, ['topic'], PLAIN_LOOK);
  expect(text).toContain('COMMANDS\n  create  Make topics.\n  list    List topics.\n');
  expect(text).not.toContain('ls');
});

describe('the whole program', () => {
  const text = helpFor(config, [], PLAIN_LOOK);

  test('is grouped, with nouns as one line each', () => {
    expect(text).toContain('MOVE RECORDS\n  produce  Append records.\n');
    expect(text).toContain('TOPICS AND GROUPS\n  topic  create, list\n');
    expect(text).toContain('MORE\n  odd  In no group.\n');
    expect(text).not.toContain('secret');
  });

  test('fits on a screen', () => {
    expect(text.split('\n').length).toBeLessThan(60);
  });
});

test('a page is found by its name alone, and an unknown word gets a guess', () => {
  expect(pageNamed(['offsets'])?.text(() => SOME_MACHINE)).toMatch(/^POSITIONS/);
  expect(pageNamed([])).toBeUndefined();
  expect(pageNamed(['offsets', 'list'])).toBeUndefined();
  expect(() => helpFor(config, ['produse'], PLAIN_LOOK)).toThrow('unknown command "produse"');
});
