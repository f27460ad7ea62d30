/**
 * Templates of `consume -F`:
 *
 *   template  = ( text | "{{" | field )*          "{{" is one "{"; text knows the escapes \t \n \r \0 \\ \xHH
 *   field     = "{" name ( "|" filter )* "}"
 *   name      = "key" path | "value" path | "offset" | "partition" | "topic" | "timestamp" | "size"
 *             | "header:" NAME
 *   path      = ( "." MEMBER )*                   into JSON; a number picks from a list
 *   filter    = "json" | "base64" | "hex" | "shell"
 */
import {
  TEMPLATE_FILTERS,
  type TemplateField,
  type TemplateFilter,
  type TemplatePart,
} from '../../view/records/template-part.js';
import { decodeEscapes } from './escapes.js';
import { didYouMean } from './guess.js';
import { invalidArgument, quoted } from './invalid-argument.js';

const FACTS = ['offset', 'partition', 'topic', 'timestamp', 'size'] as const;

const FIELD_NAMES = ['key', 'value', ...FACTS, 'header:NAME'];

export function parseTemplate(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    literal += text.slice(at, open === -1 ? text.length : open);
    if (open === -1) break;
    if (text[open + 1] === '{') {
      literal += '{';
      at = open + 2;
      continue;
    }
    const close = text.indexOf('}', open);
    if (close === -1) {
      throw invalidArgument(
        `template ${quoted(text)} has a { without its }`,
        'a { itself is written {{',
      );
    }
    if (literal !== '') parts.push(decodeEscapes(literal));
    literal = '';
    parts.push(parseField(text.slice(open + 1, close)));
    at = close + 1;
  }
  if (literal !== '') parts.push(decodeEscapes(literal));
  return parts;
}

function parseField(text: string): TemplateField {
  const [name = '', ...filters] = text.split('|').map((word) => word.trim());
  return { ...parseName(name), filters: filters.map(parseFilter) };
}

function parseName(name: string): Omit<TemplateField, 'filters'> {
  const fact = FACTS.find((known) => known === name);
  if (fact !== undefined) return { source: fact };
  if (name.startsWith('header:') && name.length > 'header:'.length) {
    return { source: 'header', headerName: Buffer.from(name.slice('header:'.length)) };
  }
  const [source = '', ...path] = name.split('.');
  if ((source === 'key' || source === 'value') && !path.includes('')) return { source, path };
  throw invalidArgument(
    `a template has no field {${name}}`,
    name === '' ? 'a { itself is written {{' : didYouMean(source, FIELD_NAMES),
  );
}

function parseFilter(name: string): TemplateFilter {
  const filter = TEMPLATE_FILTERS.find((known) => known === name);
  if (filter !== undefined) return filter;
  throw invalidArgument(
    `a template has no filter ${quoted(name)}`,
    didYouMean(name, TEMPLATE_FILTERS),
  );
}
