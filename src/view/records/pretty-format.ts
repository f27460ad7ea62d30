import { formatLocalTime } from '../numbers.js';
import type { Palette } from '../palette.js';
import type { OutputRecord, RecordFormat } from './record-format.js';
import { visibleText } from './visible-text.js';

/**
 * One line a record for a person: time, topic:partition, offset, key, value, headers. Nothing in a
 * record can drive the terminal or begin a line of its own.
 */
export function prettyFormat(palette: Palette): RecordFormat {
  return {
    isDelimited: true,
    isRaw: false,
    isSafe: true,
    write(record, out) {
      const { key, value } = record;
      const columns = [
        palette.faint(timeOf(record)),
        palette.name(visibleText(Buffer.from(`${record.topic}:${record.partition}`))),
        String(record.offset),
        key === null ? palette.faint('-') : palette.strong(visibleText(key)),
        value === null ? palette.faint('(tombstone)') : visibleText(value),
        ...record.headers.map((header) => palette.faint(headerText(header))),
      ];
      out.appendUtf8(columns.join('  '));
    },
  };
}

function timeOf({ timestamp }: OutputRecord): string {
  if (timestamp < 0) return '-';
  return `${formatLocalTime(timestamp)}.${String(timestamp % 1000).padStart(3, '0')}`;
}

function headerText({ key, value }: OutputRecord['headers'][number]): string {
  return value === null ? visibleText(key) : `${visibleText(key)}=${visibleText(value)}`;
}
