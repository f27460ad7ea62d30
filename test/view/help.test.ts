import { expect, test } from '@jest/globals';
import { HELP_PAGES } from '../../src/view/help-pages/pages.js';
import { helpView } from '../../src/view/help.js';
import { PLAIN_LOOK } from '../../src/view/look.js';
import { SOME_MACHINE } from '../support/some-machine.js';

test('long texts are wrapped under themselves, long labels get their own line', () => {
  const entries = [
    { label: '-a, --all', text: 'Every one of them, however many there are.' },
    { label: `--${'long'.repeat(8)}`, text: 'Long.' },
  ];
  const help = { summary: 'Do it.', examples: [], usage: undefined, description: undefined };
  const look = { ...PLAIN_LOOK, width: 40 };
  expect(helpView({ ...help, sections: [{ title: 'FLAGS', entries }] }, look)).toBe(`Do it.

FLAGS
  -a, --all  Every one of them, however
             many there are.
  --${'long'.repeat(8)}
             Long.
`);
});

test.each(Object.entries(HELP_PAGES))(
  'the page %s fits on a screen',
  (_name, { text: textOn, summary }) => {
    const text = textOn(() => SOME_MACHINE);
    const lines = text.split('\n');
    expect(lines.length).toBeLessThan(60);
    // A crontab has no way to continue a line.
    const wide = lines.filter((line) => line.length > 80 && !line.includes('* *  '));
    expect(wide).toEqual([]);
    expect(text.endsWith('\n')).toBe(true);
    expect(summary).toMatch(/\.$/);
  },
);
