import type { Palette } from '../palette.js';
import { jsonFormat } from './json-format.js';
import {
  base64Format,
  hexFormat,
  keyValueFormat,
  lengthFormat,
  noFormat,
  valueFormat,
} from './plain-formats.js';
import { prettyFormat } from './pretty-format.js';
import type { RecordFormat, RecordFormatName } from './record-format.js';
import { templateFormat } from './template-format.js';
import type { TemplatePart } from './template-part.js';

export interface FormatLook {
  /** What stands between key and value in `kv`. */
  readonly keySeparator: Uint8Array;
  /** The colours of `pretty`. */
  readonly palette: Palette;
}

export function openRecordFormat(
  format: RecordFormatName | readonly TemplatePart[],
  look: FormatLook,
): RecordFormat {
  if (typeof format !== 'string') return templateFormat(format);
  switch (format) {
    case 'value':
      return valueFormat;
    case 'pretty':
      return prettyFormat(look.palette);
    case 'json':
      return jsonFormat;
    case 'kv':
      return keyValueFormat(look.keySeparator);
    case 'hex':
      return hexFormat;
    case 'base64':
      return base64Format;
    case 'length':
      return lengthFormat;
    case 'none':
      return noFormat;
  }
}
