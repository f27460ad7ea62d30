/**
 * Pieces of a JSON text exactly as they are written. JSON.parse turns 12345678901234567890 into
 * 12345678901234567000 and 1.0 into 1; whoever only passes a value on must not do that.
 */

/**
 * The text of member `name` of the object `json` (of the last one, where it comes twice), or of
 * element `name` of the array. undefined when there is none. `json` must be valid JSON.
 */
export function jsonMember(json: string, name: string): string | undefined {
  let at = skipSpace(json, 0);
  const open = json[at];
  if (open !== '{' && open !== '[') return undefined;
  let found: string | undefined;
  let index = 0;
  at = skipSpace(json, at + 1);
  while (at < json.length && json[at] !== '}' && json[at] !== ']') {
    let key = String(index++);
    if (open === '{') {
      const keyEnd = skipString(json, at);
      key = JSON.parse(json.slice(at, keyEnd)) as string;
      // To the value, over the colon.
      at = skipSpace(json, skipSpace(json, keyEnd) + 1);
    }
    const end = skipValue(json, at);
    if (key === name) found = json.slice(at, end);
    at = skipSpace(json, end);
    if (json[at] === ',') at = skipSpace(json, at + 1);
  }
  return found;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\t' || json[at] === '\r') at++;
  return at;
}

/** `from` is at the opening quote; the answer is behind the closing one. */
function skipString(json: string, from: number): number {
  for (let at = from + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
  return json.length;
}

function skipValue(json: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < json.length) {
    const char = json[at];
    if (char === '"') {
      at = skipString(json, at);
      if (depth === 0) return at;
      continue;
    }
    if (depth === 0 && at > from && (char === ',' || char === '}' || char === ']' || isSpace(char)))
      return at;
    at++;
    if (char === '{' || char === '[') depth++;
    if ((char === '}' || char === ']') && --depth === 0) return at;
  }
  return at;
}

function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\n' || char === '\t' || char === '\r';
}
