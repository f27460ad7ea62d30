import { CoreError } from '../../core/errors.js';
import { visibleText } from '../../view/records/visible-text.js';
import type { FramerOptions } from './record-input.js';

/** Enough to recognise a line, short enough for one line of a terminal. */
const EXCERPT_BYTES = 60;

/** Where in the input something is: "line 7", "record 7 of a.bin". Counts from 1. */
export interface InputPlace {
  readonly unit: 'line' | 'record';
  readonly number: number;
  readonly sourceName: string | undefined;
}

export function invalidInput(
  place: InputPlace,
  reason: string,
  raw: Uint8Array,
  suggestion?: string,
): CoreError {
  return new CoreError('INVALID_INPUT', `${describe(place)}: ${reason}`, {
    details: { ...factsOf(place), reason, excerpt: excerptOf(raw) },
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

export function recordTooLarge(place: InputPlace, maxRecordBytes: number): CoreError {
  return new CoreError(
    'MESSAGE_TOO_LARGE',
    `${describe(place)} is longer than max.message.bytes (${maxRecordBytes})`,
    {
      details: { ...factsOf(place), maxRecordBytes },
      suggestion: 'raise it with: spool topic alter TOPIC -c max.message.bytes=SIZE',
    },
  );
}

export function placeOf(
  options: FramerOptions,
  unit: 'line' | 'record',
  number: number,
): InputPlace {
  return { unit, number, sourceName: options.sourceName };
}

/** The beginning of `raw` for a person: one line, no control bytes, what is not UTF-8 as \xHH. */
export function excerptOf(raw: Uint8Array): string {
  const isCut = raw.length > EXCERPT_BYTES;
  let end = Math.min(raw.length, EXCERPT_BYTES);
  // Not in the middle of a character.
  while (isCut && end > EXCERPT_BYTES - 4 && ((raw[end] ?? 0) & 0xc0) === 0x80) end--;
  return visibleText(raw.subarray(0, end)) + (isCut ? '…' : '');
}

function describe({ unit, number, sourceName }: InputPlace): string {
  return sourceName === undefined ? `${unit} ${number}` : `${unit} ${number} of ${sourceName}`;
}

function factsOf(place: InputPlace): Record<string, unknown> {
  const source = place.sourceName === undefined ? {} : { source: place.sourceName };
  return { [place.unit]: place.number, ...source };
}
