import { isUtf8 } from 'node:buffer';
import type { ByteSink } from './byte-sink.js';
import { jsonOf } from './json-format.js';
import { jsonMember } from './json-member.js';
import { viewBuffer } from './plain-formats.js';
import type { OutputRecord, RecordFormat } from './record-format.js';
import type { TemplateField, TemplateFilter, TemplatePart } from './template-part.js';

const NUMBERS: ReadonlySet<string> = new Set(['offset', 'partition', 'timestamp', 'size']);

type FieldWriter = (record: OutputRecord, out: ByteSink) => void;

/** Bytes of a record, or null where there are none: no key, no such header, no such member. */
type FieldReader = (record: OutputRecord) => Uint8Array | null;

/** The template compiled into one function for each part; what is absent is written as nothing. */
export function templateFormat(parts: readonly TemplatePart[]): RecordFormat {
  const writers = parts.map(writerOf);
  return {
    isDelimited: true,
    // Its author may have put delimiters into it on purpose, so they are no reason for a warning.
    isRaw: false,
    isSafe: false,
    write(record, out) {
      for (const write of writers) write(record, out);
    },
  };
}

function writerOf(part: TemplatePart): FieldWriter {
  if (part instanceof Uint8Array) return (_record, out) => out.append(part);
  const { filters } = part;
  // Numbers and members of JSON are JSON already, as they are written; no string goes around them.
  const isJson = (part.path?.length ?? 0) > 0 || NUMBERS.has(part.source);
  const asJson = isJson && filters[0] === 'json';
  const read = readerOf(part, asJson);
  const applied = asJson ? filters.slice(1) : filters;
  return (record, out) => {
    let bytes = read(record);
    for (const filter of applied) bytes = applyFilter(filter, bytes);
    if (bytes !== null) out.append(bytes);
  };
}

function readerOf(field: TemplateField, asJson: boolean): FieldReader {
  const { source } = field;
  switch (source) {
    case 'key':
    case 'value': {
      const { path = [] } = field;
      if (path.length === 0) return (record) => record[source];
      return (record) => memberBytes(record[source], path, asJson);
    }
    case 'header': {
      const { headerName = new Uint8Array(0) } = field;
      return (record) => lastHeader(record, headerName);
    }
    case 'size':
      return ({ value }) => Buffer.from(String(value?.length ?? 0));
    default:
      return (record) => Buffer.from(String(record[source]));
  }
}

/** As Kafka's own lookup does it: of several headers of one name the last counts. */
function lastHeader({ headers }: OutputRecord, name: Uint8Array): Uint8Array | null {
  return headers.findLast(({ key }) => viewBuffer(key).equals(name))?.value ?? null;
}

/** A string without its quotes and anything else as it is written; or, with `asJson`, all as written. */
function memberBytes(
  bytes: Uint8Array | null,
  path: readonly string[],
  asJson: boolean,
): Uint8Array | null {
  let json: string | undefined = validJson(bytes);
  for (const name of path) json = json === undefined ? undefined : jsonMember(json, name);
  if (asJson) return Buffer.from(json ?? 'null');
  if (json === undefined || json === 'null') return null;
  return Buffer.from(json.startsWith('"') ? (JSON.parse(json) as string) : json);
}

/** The bytes as text if they are valid JSON. */
function validJson(bytes: Uint8Array | null): string | undefined {
  if (bytes === null || !isUtf8(bytes)) return undefined;
  const text = viewBuffer(bytes).toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}

function applyFilter(filter: TemplateFilter, bytes: Uint8Array | null): Uint8Array {
  switch (filter) {
    case 'json':
      return Buffer.from(jsonOf(bytes));
    case 'base64':
    case 'hex':
      return Buffer.from(viewBuffer(bytes ?? new Uint8Array(0)).toString(filter));
    case 'shell':
      return quoteForShell(bytes ?? new Uint8Array(0));
  }
}

/** One word for a POSIX shell, whatever the bytes. (No shell word can hold a NUL.) */
function quoteForShell(bytes: Uint8Array): Uint8Array {
  const text = viewBuffer(bytes).toString('latin1');
  return Buffer.from(`'${text.replaceAll("'", "'\\''")}'`, 'latin1');
}
