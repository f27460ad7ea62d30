/**
 * The mechanical half of the house rules: who may import whom, who may touch what, how long a file and
 * a function may be, what things may be called. A rule that is broken on purpose is listed here, with
 * its reason.
 */
import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..');

interface Source {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lineCount: number;
  readonly imports: readonly string[];
  readonly longFunctions: readonly string[];
}

const FILE_LINES = 400;
const COMMAND_LINES = 80;
const FUNCTION_LINES = 60;

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readSource(`src/${name}`));

/** A file may import from a lower rank, or from its own. Files of one rank must not form a cycle. */
const RANKS: readonly (readonly [RegExp, number])[] = [
  [/^src\/core\/(errors|assert|nearest)\.ts$/, 0],
  [/^src\/core\/(bytes|fs)\//, 1],
  [/^src\/core\/batch\//, 2],
  [/^src\/core\/segment\//, 3],
  [/^src\/core\/log\//, 4],
  [/^src\/core\/topic\//, 5],
  [/^src\/core\/(producer|consumer|group|replica)\//, 6],
  [/^src\/core\/cluster\//, 7],
  [/^src\/core\/index\.ts$/, 8],
  [/^src\/(cli|view)\//, 9],
  [/^src\/commands\//, 10],
];

/** Neighbours of one rank that may not know each other either. */
const APART = ['bytes', 'fs', 'producer', 'consumer', 'group', 'replica'];

function rankOf(path: string): number | undefined {
  return RANKS.find(([pattern]) => pattern.test(path))?.[1];
}

/** Outside of core only these are reached past the facade: errors, assertions, and plain types. */
const PAST_THE_FACADE = ['errors', 'assert', 'nearest', 'batch/record'].map(
  (name) => `src/core/${name}.ts`,
);

/** A module, and the only files that may import it. */
const OWNERS: readonly (readonly [string, RegExp])[] = [
  [
    'fs',
    /^src\/(core\/fs\/[^/]+|cli\/stdout|cli\/stdin|cli\/exec\/(private-folder|stdin-pipe|working-directory))\.ts$/,
  ],
  ['fs/promises', /^$/],
  ['proper-lockfile', /^src\/core\/fs\/lockfile-lease\.ts$/],
  ['fs-native-extensions', /^src\/core\/fs\/lock-addon\.ts$/],
  ['chalk', /^src\/view\/palette\.ts$/],
  ['cli-table3', /^src\/view\/table\.ts$/],
  ['@oclif/core', /^src\/(cli|commands)\//],
];

const BANNED_FOLDERS =
  /^(utils?|utilities|helpers?|common|shared|managers|services|models|types|lib)$/;
const BANNED_SUFFIX =
  /\b(?:class|interface|type)\s+(\w+(?:Manager|Helper|Utils?|Handler|Processor|Impl|Info)|Abstract\w+)\b/g;

/** Files of interfaces alone: nothing in them can fail. */
const WITHOUT_TEST = [
  'src/core/fs/environment.ts',
  'src/core/fs/file-system.ts',
  'src/core/fs/lock.ts',
  'src/core/batch/record.ts',
  'src/core/batch/codec.ts',
  'src/core/batch/format.ts',
  'src/core/cluster/cluster.ts',
  'src/core/cluster/groups.ts',
  'src/core/cluster/record-consumer.ts',
  'src/core/group/assignor-name.ts',
  'src/core/log/log-location.ts',
  'src/core/log/log-writer-options.ts',
  'src/core/log/repair-plan.ts',
  'src/core/producer/acknowledged-batch.ts',
  'src/core/index.ts',
  'src/core/assert.ts',
];

describe('imports', () => {
  test('point down', () => {
    expect(
      edges().filter(({ from, to }) => {
        const [fromRank, toRank] = [rankOf(from), rankOf(to)];
        return (
          fromRank === undefined || toRank === undefined || toRank > fromRank || isApart(from, to)
        );
      }),
    ).toEqual([]);
  });

  test('form no cycle, types included', () => {
    expect(findCycle()).toEqual([]);
  });

  test('reach core only through its facade', () => {
    expect(
      edges().filter(
        ({ from, to }) =>
          !from.startsWith('src/core/') &&
          to.startsWith('src/core/') &&
          to !== 'src/core/index.ts' &&
          !PAST_THE_FACADE.includes(to),
      ),
    ).toEqual([]);
  });

  test('of a kind that is dangerous or slow stand in one place', () => {
    const strangers = sources.flatMap(({ path, imports }) =>
      imports
        .filter((name) => !name.startsWith('.'))
        .filter((name) => OWNERS.some(([module, owner]) => isOf(name, module) && !owner.test(path)))
        .map((name) => `${path} imports ${name}`),
    );
    expect(strangers).toEqual([]);
  });

  test('of node carry its prefix, and of ours their extension', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter(
          (name) => builtinModules.includes(name) || (name.startsWith('.') && !/\.js$/.test(name)),
        )
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('size', () => {
  test('a file fits in the head', () => {
    const long = sources.filter(({ path, lineCount }) => {
      return lineCount > (path.startsWith('src/commands/') ? COMMAND_LINES : FILE_LINES);
    });
    expect(long.map(({ path, lineCount }) => `${path}: ${lineCount}`)).toEqual([]);
  });

  test('a function fits on a screen', () => {
    expect(sources.flatMap(({ longFunctions }) => longFunctions)).toEqual([]);
  });

  test.each(['FileSystem', 'File'])('the file-system seam stays small: %s', (name) => {
    const seam = sources.find(({ path }) => path === 'src/core/fs/file-system.ts');
    const members = interfaceMembers(seam?.text ?? '', name);
    expect(members.length).toBeGreaterThan(0);
    expect(members.length).toBeLessThanOrEqual(12);
  });
});

describe('names', () => {
  test('no folder is a junk drawer', () => {
    const junk = ['src', 'test', 'bench'].flatMap((folder) =>
      foldersOf(folder).filter((path) => BANNED_FOLDERS.test(path.split('/').at(-1) ?? '')),
    );
    expect(junk).toEqual([]);
  });

  test('no type hides its noun', () => {
    const hidden = sources.flatMap(({ path, text }) =>
      [...text.matchAll(BANNED_SUFFIX)].map(([, name = '']) => `${path}: ${name}`),
    );
    expect(hidden).toEqual([]);
  });

  test('files are kebab-case', () => {
    const strange = sources.filter(({ path }) => !/^[a-z0-9/-]+\.ts$/.test(path));
    expect(strange.map(({ path }) => path)).toEqual([]);
  });
});

describe('the world outside', () => {
  test('core has no clock, no environment and no process', () => {
    const core = /^src\/core\/(?!fs\/(process-identity|exit-signals)\.ts)/;
    const word =
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bprocess\.\w+|\bnode:process\b/g;
    // A wait is timed where it is waited: the rim of core may look at the monotonic clock.
    const isWait = (path: string, found: string): boolean =>
      path.startsWith('src/core/fs/') && found === 'performance.now';
    expect(
      sources
        .filter(({ path }) => core.test(path))
        .flatMap(({ path, text }) =>
          matchesInCode(text, word)
            .filter((found) => !isWait(path, found))
            .map((found) => `${path}: ${found}`),
        ),
    ).toEqual([]);
  });

  test('nothing ends the process but the launcher', () => {
    const ends = sources.filter(({ text }) => matchesInCode(text, /\bprocess\.exit\(/g).length > 0);
    expect(ends.map(({ path }) => path)).toEqual([]);
  });
});

test('every file of core has a test of its own', () => {
  const untested = sources
    .filter(({ path }) => path.startsWith('src/core/') && !WITHOUT_TEST.includes(path))
    .filter(
      ({ path }) => !existsSync(join(ROOT, path.replace(/^src/, 'test').replace(/ts$/, 'test.ts'))),
    );
  expect(untested.map(({ path }) => path)).toEqual([]);
});

test('nothing is left for later without a number', () => {
  const word = new RegExp(
    `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'].join('|')})\\b(?!\\(#\\d+\\))`,
  );
  const left = [...sources, ...testSources()].filter(({ text }) => word.test(text));
  expect(left.map(({ path }) => path)).toEqual([]);
});

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: string[] = [];
  const longFunctions: string[] = [];
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    const name = importedName(node);
    if (name !== undefined) imports.push(name);
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1;
      if (lines > FUNCTION_LINES)
        longFunctions.push(`${path}:${lineOf(node.getStart()) + 1}: ${lines}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, text, lineCount: text.split('\n').length - 1, imports, longFunctions };
}

/** Of `import`, `export from`, `import()`, `import type()` and `require()`. */
function importedName(node: ts.Node): string | undefined {
  let specifier: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    specifier = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
    specifier = node.argument.literal;
  else if (ts.isCallExpression(node)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(node.expression) && /^require/.test(node.expression.text);
    if (isImport || isRequire) specifier = node.arguments[0];
  }
  return specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : undefined;
}

function edges(): { from: string; to: string }[] {
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith('.'))
      .map((name) => ({
        from: path,
        to: normalize(join(dirname(path), name)).replace(/\.js$/, '.ts'),
      })),
  );
}

function isApart(from: string, to: string): boolean {
  const [one = '', other = ''] = [from, to].map((path) => path.split('/')[2] ?? '');
  return (
    one !== other && rankOf(from) === rankOf(to) && APART.includes(one) && APART.includes(other)
  );
}

/** The first cycle found, as a path that ends where it begins. */
function findCycle(): string[] {
  const next = new Map(sources.map(({ path }) => [path, [] as string[]]));
  for (const { from, to } of edges()) next.get(from)?.push(to);
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): string[] => {
    const seenAt = trail.indexOf(path);
    if (seenAt !== -1) return [...trail.slice(seenAt), path];
    if (done.has(path)) return [];
    for (const to of next.get(path) ?? []) {
      const cycle = walk(to, [...trail, path]);
      if (cycle.length > 0) return cycle;
    }
    done.add(path);
    return [];
  };
  for (const { path } of sources) {
    const cycle = walk(path, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

function isOf(name: string, module: string): boolean {
  const bare = name.replace(/^node:/, '');
  return bare === module || (module !== 'fs' && bare.startsWith(`${module}/`));
}

function interfaceMembers(text: string, name: string): string[] {
  const file = ts.createSourceFile('seam.ts', text, ts.ScriptTarget.ES2022);
  const found = file.statements.find(
    (each) => ts.isInterfaceDeclaration(each) && each.name.text === name,
  );
  if (found === undefined || !ts.isInterfaceDeclaration(found)) return [];
  return found.members.filter((member) => ts.isMethodSignature(member)).map(() => name);
}

/** Matches outside of comments. */
function matchesInCode(text: string, pattern: RegExp): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
  return [...code.matchAll(pattern)].map(([found]) => found);
}

function foldersOf(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
}

function testSources(): { path: string; text: string }[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      path: `test/${name}`,
      text: readFileSync(join(ROOT, 'test', name), 'utf8'),
    }));
}
