import { invalidArgument, quoted } from './invalid-argument.js';

type GlobToken = '*' | ((char: string) => boolean);

export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * A test for whole names: `*` any run of characters, `?` one of them, `[a-z_]` one of a set, `[!a]`
 * one that is not. No backtracking over more than the last `*`, so no pattern is slow.
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const tokens = tokensOf(pattern);
  return (name) => {
    let nameAt = 0;
    let tokenAt = 0;
    let starAt = -1;
    let retryAt = 0;
    while (nameAt < name.length) {
      const token = tokens[tokenAt];
      if (token === '*') {
        starAt = tokenAt++;
        retryAt = nameAt;
      } else if (token?.(name.charAt(nameAt)) === true) {
        nameAt++;
        tokenAt++;
      } else if (starAt !== -1) {
        tokenAt = starAt + 1;
        nameAt = ++retryAt;
      } else {
        return false;
      }
    }
    while (tokens[tokenAt] === '*') tokenAt++;
    return tokenAt === tokens.length;
  };
}

function tokensOf(pattern: string): GlobToken[] {
  const tokens: GlobToken[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    if (char === '*') {
      tokens.push('*');
    } else if (char === '?') {
      tokens.push(() => true);
    } else if (char === '[') {
      // A `]` that comes first belongs to the set, as in the shell.
      const setAt = pattern[at + 1] === '!' || pattern[at + 1] === '^' ? at + 2 : at + 1;
      const end = pattern.indexOf(']', setAt + 1);
      if (end === -1) throw invalidArgument(`${quoted(pattern)} has a [ without its ]`);
      const isIn = setTest(pattern.slice(setAt, end));
      tokens.push(setAt === at + 1 ? isIn : (other) => !isIn(other));
      at = end;
    } else {
      tokens.push((other) => other === char);
    }
  }
  return tokens;
}

function setTest(members: string): (char: string) => boolean {
  const ranges = [...members.matchAll(/([^])-([^])|([^])/g)].map(
    ([, first = '', last = '', single = first]) => (last === '' ? [single, single] : [first, last]),
  );
  return (char) => ranges.some(([first = '', last = '']) => first <= char && char <= last);
}
