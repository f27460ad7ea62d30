/**
 * Positions as kafka-consumer-groups exports them and reads them back with --from-file: rows of
 * `topic,partition,offset`, or of `group,topic,partition,offset` where there are several groups; no
 * header row. Kafka's export ends in an empty line, so empty lines are passed over.
 */
import type { CoreError } from '../../core/errors.js';
import type { TopicPartition } from '../../core/index.js';
import { parseCsvRow } from '../input/csv-row.js';
import { invalidInput } from '../input/input-error.js';
import type { InputText } from './input-text.js';

export interface OffsetRow extends TopicPartition {
  readonly offset: number;
  /** Written only where there are several. */
  readonly group?: string;
}

/** Kafka's writer puts longer fields in quotes, whatever they hold. */
const LONGEST_BARE_FIELD = 24;

const UTF8_BOM = '\ufeff';

export function formatOffsetsCsv(rows: readonly OffsetRow[]): string {
  return rows
    .map(({ group, topic, partition, offset }) => {
      const names = group === undefined ? [topic] : [group, topic];
      return [...names.map(csvField), partition, offset].join(',') + '\n';
    })
    .join('');
}

/** INVALID_INPUT, naming the line, for what is no such row, or one of another group. */
export function parseOffsetsCsv({ text, sourceName }: InputText, group: string): OffsetRow[] {
  const rows = new Map<string, OffsetRow>();
  const lines = text.replace(UTF8_BOM, '').split('\n');
  for (const [at, line] of lines.entries()) {
    const row = line.replace(/\r$/, '');
    if (row === '') continue;
    const refuse = (reason: string): CoreError =>
      invalidInput(
        { unit: 'line', number: at + 1, sourceName },
        reason,
        Buffer.from(row),
        'a row is TOPIC,PARTITION,OFFSET or GROUP,TOPIC,PARTITION,OFFSET',
      );
    const fields = parseCsvRow(row);
    if (typeof fields === 'string') throw refuse(fields);
    if (fields.length !== 3 && fields.length !== 4) throw refuse(`${fields.length} fields`);
    const [offset = '', partition = '', topic = '', rowGroup = group] = fields.reverse();
    if (rowGroup !== group) throw refuse(`it is of group ${rowGroup}, not of ${group}`);
    if (topic === '') throw refuse('it names no topic');
    if (!isCount(partition)) throw refuse(`${JSON.stringify(partition)} is not a partition`);
    if (!isCount(offset)) throw refuse(`${JSON.stringify(offset)} is not an offset`);
    const name = `${topic}:${Number(partition)}`;
    if (rows.has(name)) throw refuse(`${name} is there twice`);
    rows.set(name, { topic, partition: Number(partition), offset: Number(offset) });
  }
  return [...rows.values()];
}

/** As Kafka's writer (Jackson) has it: quoted if it is long, or has a character below `-`. */
function csvField(text: string): string {
  const isBare = text.length <= LONGEST_BARE_FIELD && !/[\u0000-\u002c]/.test(text);
  return isBare ? text : `"${text.replaceAll('"', '""')}"`;
}

function isCount(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
}

/** Where the partitions stand after a move. */
export function plannedOffsetsCsv({
  partitions,
}: {
  readonly partitions: readonly (TopicPartition & { readonly toOffset: number | null })[];
}): string {
  return formatOffsetsCsv(
    partitions.flatMap(({ topic, partition, toOffset }) =>
      toOffset === null ? [] : [{ topic, partition, offset: toOffset }],
    ),
  );
}
