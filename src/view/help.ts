/** Help as text: what it is, examples first, then how it is called and what can be said. */
import type { Look } from './look.js';

export interface HelpEntry {
  readonly label: string;
  readonly text: string;
}

export interface HelpSection {
  readonly title: string;
  readonly entries: readonly HelpEntry[];
}

export interface HelpText {
  readonly summary: string;
  readonly examples: readonly string[];
  readonly usage: string | undefined;
  readonly description: string | undefined;
  readonly sections: readonly HelpSection[];
}

const WIDEST_COLUMNS = 100;
const PIPE_COLUMNS = 80;
/** A longer label gets a line of its own. */
const WIDEST_LABEL_COLUMNS = 30;
const NARROWEST_TEXT_COLUMNS = 20;

export function helpView(help: HelpText, look: Look): string {
  const width = Math.min(look.width ?? PIPE_COLUMNS, WIDEST_COLUMNS);
  const { strong } = look.palette;
  const blocks = [wrap(help.summary, width).join('\n')];
  if (help.examples.length > 0) blocks.push(help.examples.map((line) => `  ${line}`).join('\n'));
  if (help.usage !== undefined) blocks.push(`${strong('USAGE')}\n  ${help.usage}`);
  if (help.description !== undefined) {
    blocks.push(
      help.description
        .trim()
        .split('\n')
        .flatMap((line) => wrap(line, width))
        .join('\n'),
    );
  }
  for (const { title, entries } of help.sections) {
    if (entries.length > 0) blocks.push([strong(title), ...entryLines(entries, width)].join('\n'));
  }
  return blocks.join('\n\n') + '\n';
}

function entryLines(entries: readonly HelpEntry[], width: number): string[] {
  const fitting = entries.map(({ label }) => label.length).filter((n) => n <= WIDEST_LABEL_COLUMNS);
  const indent = 2 + Math.max(0, ...fitting) + 2;
  const textWidth = Math.max(NARROWEST_TEXT_COLUMNS, width - indent);
  return entries.flatMap(({ label, text }) => {
    const [first = '', ...rest] = wrap(text, textWidth);
    const start = `  ${label}`;
    const lines = rest.map((line) => ' '.repeat(indent) + line);
    return label.length + 4 > indent
      ? [start, ' '.repeat(indent) + first, ...lines]
      : [(start.padEnd(indent) + first).trimEnd(), ...lines];
  });
}

function wrap(text: string, width: number): string[] {
  if (text.startsWith(' ')) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
