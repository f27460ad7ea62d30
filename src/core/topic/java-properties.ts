/**
 * The syntax of java.util.Properties, as far as its `load` reads it: `key=value`, `key: value` or
 * `key value` lines, `#` and `!` comments, backslash escapes, lines joined by a final backslash.
 */

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };
/** Key up to the first separator that is not escaped; one `=` or `:` with the blanks around it. */
const PAIR = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/su;

/** Later pairs win. Undefined for a malformed \u escape, which Java refuses too. */
export function parseJavaProperties(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const [, rawKey = '', rawValue = ''] = PAIR.exec(line) ?? [];
    const key = unescape(rawKey);
    const value = unescape(rawValue);
    if (key === undefined || value === undefined) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}

function* logicalLines(text: string): Generator<string> {
  let joined: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    // Inside of a joined line, # and ! are ordinary characters.
    if (joined === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) {
      continue;
    }
    joined = (joined ?? '') + line;
    if (endsInBackslash(joined)) {
      joined = joined.slice(0, -1);
    } else {
      yield joined;
      joined = undefined;
    }
  }
  if (joined !== undefined) yield joined;
}

/** An odd number of them: an even number is escaped backslashes. */
function endsInBackslash(line: string): boolean {
  let at = line.length;
  while (line[at - 1] === '\\') at--;
  return (line.length - at) % 2 === 1;
}

function unescape(text: string): string | undefined {
  if (/^(?:[^\\]|\\[^u]|\\u[0-9a-fA-F]{4})*\\u(?![0-9a-fA-F]{4})/s.test(text)) return undefined;
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/gsu, (_, escaped: string) =>
    escaped.length > 1
      ? String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
      : (ESCAPES[escaped] ?? escaped),
  );
}
