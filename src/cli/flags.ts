/** Flags that mean the same in every command are defined once, here. */
import { Flags } from '@oclif/core';
import { COLOR_CHOICES } from './color-choice.js';
import { decodeEscapes } from './grammar/escapes.js';
import { type ConfigPair, parseConfigPair } from './grammar/config-pair.js';

const GLOBAL = 'GLOBAL';

export const GLOBAL_FLAGS = {
  dir: Flags.string({
    char: 'd',
    helpValue: 'DIR',
    summary: 'The data directory. [env: SPOOL_DIR]',
    helpGroup: GLOBAL,
  }),
  json: Flags.boolean({
    summary: 'Results as JSON on stdout, errors as JSON on stderr.',
    helpGroup: GLOBAL,
  }),
  quiet: Flags.boolean({
    char: 'q',
    summary: 'Say nothing but errors.',
    helpGroup: GLOBAL,
  }),
  verbose: Flags.boolean({ char: 'v', summary: 'Say more on stderr.', helpGroup: GLOBAL }),
  color: Flags.option({
    options: COLOR_CHOICES,
    summary: 'When to use colour. [env: SPOOL_COLOR]',
    helpGroup: GLOBAL,
  })(),
  help: Flags.boolean({ char: 'h', summary: 'Show this.', helpGroup: GLOBAL }),
};

export const CONFIG_FLAG = Flags.custom<ConfigPair>({
  char: 'c',
  multiple: true,
  multipleNonGreedy: true,
  helpValue: 'KEY=VALUE',
  summary: "One of Kafka's topic configs: retention.ms=7d, retention.bytes=10GB.",
  parse: (text) => Promise.resolve(parseConfigPair(text)),
});

/** Whatever destroys or moves something takes these two. */
export const CONFIRMATION_FLAGS = {
  yes: Flags.boolean({ char: 'y', default: false, summary: 'Do not ask.' }),
  'dry-run': Flags.boolean({
    default: false,
    summary: 'Show what would happen, and do nothing.',
  }),
};

/** A letter means one thing everywhere: the flags that each may stand for. */
export const FLAG_LETTERS: Readonly<Record<string, readonly string[]>> = {
  d: ['dir'],
  b: ['bootstrap-server'],
  p: ['partition', 'partitions'],
  g: ['group'],
  k: ['key'],
  H: ['header'],
  m: ['message'],
  n: ['max', 'count', 'lines'],
  f: ['follow'],
  F: ['format'],
  o: ['output'],
  c: ['config'],
  0: ['nul', 'null'],
  q: ['quiet'],
  v: ['verbose'],
  y: ['yes'],
  h: ['help'],
};

/** How records are told apart, in and out; `exclusive`: what else says so. */
export function delimiterFlags(helpGroup: string, exclusive: readonly string[] = []) {
  return {
    delimiter: Flags.custom<Buffer>({
      helpValue: 'STR',
      summary: 'What ends a record. [default: \\n]',
      parse: (text) => Promise.resolve(decodeEscapes(text)),
      exclusive: ['null', ...exclusive],
      helpGroup,
    })(),
    null: Flags.boolean({
      // oclif's type has letters only.
      char: '0' as 'a',
      summary: 'Records end with a NUL byte.',
      exclusive: [...exclusive],
      helpGroup,
    }),
    'key-separator': Flags.custom<Buffer>({
      helpValue: 'STR',
      summary: 'Between key and value in kv. [default: \\t]',
      parse: (text) => Promise.resolve(decodeEscapes(text)),
      helpGroup,
    })(),
  };
}
