/** The format, the delimiter and the output of `consume`. */
import type { Look } from '../../view/look.js';
import { openRecordFormat } from '../../view/records/open-format.js';
import { RecordPrinter } from '../../view/records/record-printer.js';
import { visibleFormat } from '../../view/records/visible-format.js';
import type { OutputFormat } from '../grammar/output-format.js';

export interface PrinterFlags {
  readonly format?: OutputFormat | undefined;
  readonly delimiter?: Buffer | undefined;
  readonly null: boolean;
  readonly 'key-separator'?: Buffer | undefined;
  readonly output?: string | undefined;
}

/**
 * The default is `pretty` where a person looks, else `value`; with --json `json`. What a terminal gets is
 * escaped, whatever the format: `| cat` shows the bytes as they are.
 */
export function openPrinter(
  flags: PrinterFlags,
  { look, isTerminal, json }: { look: Look; isTerminal: boolean; json: boolean },
): RecordPrinter {
  const isSeen = isTerminal && flags.output === undefined;
  const usual = isSeen ? 'pretty' : 'value';
  const format = openRecordFormat(flags.format ?? (json ? 'json' : usual), {
    keySeparator: flags['key-separator'] ?? Buffer.from('\t'),
    palette: look.palette,
  });
  const delimiter = flags.null ? Buffer.of(0) : (flags.delimiter ?? Buffer.from('\n'));
  return new RecordPrinter(isSeen ? visibleFormat(format) : format, delimiter);
}
