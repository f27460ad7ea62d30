import { RECORD_FORMATS, type RecordFormatName } from '../../view/records/record-format.js';
import type { TemplatePart } from '../../view/records/template-part.js';
import { nearest } from '../../core/nearest.js';
import { invalidArgument, quoted } from './invalid-argument.js';
import { parseTemplate } from './template.js';

export type OutputFormat = RecordFormatName | readonly TemplatePart[];

/** The name of a format, or a template: anything that has a `{`. */
export function parseOutputFormat(text: string): OutputFormat {
  if (text.includes('{')) return parseTemplate(text);
  const format = RECORD_FORMATS.find((name) => name === text);
  if (format !== undefined) return format;
  const guess = nearest(text, RECORD_FORMATS);
  throw invalidArgument(
    `${quoted(text)} is not an output format`,
    guess === undefined
      ? `known are ${RECORD_FORMATS.join(', ')}, and templates like '{key} {value}'`
      : `did you mean ${guess}?`,
  );
}
