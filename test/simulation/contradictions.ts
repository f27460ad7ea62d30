/** Where what is found on a machine is not what users were told, one line each; none: all is well. */
import { isDeepStrictEqual } from 'node:util';

import type { Ledger, LogLedger } from './ledger.js';
import type { Facets, FoundLog, Survey } from './survey.js';

export interface Told {
  readonly ledger: Ledger;
  /** Such as before and after the step that was interrupted. */
  readonly allowed: readonly Facets[];
  /**
   * There was a power cut, and no writer came yet. Then an active segment's indexes, which are never synced,
   * hold anything, and the log may end before its start; the next writer puts both right.
   */
  readonly isUnrecovered: boolean;
}

const FORGIVEN = /^\S*(\.index|\.timeindex) |: the log starts at offset \d+, but ends at \d+$/;

export function contradictions(found: Survey, told: Told): string[] {
  return [
    ...ofFacets(found.facets, told.allowed),
    ...[...found.logs].flatMap(([place, log]) =>
      ofLog(log, told.ledger.log(place)).map((text) => `${place}: ${text}`),
    ),
    ...told.ledger.places
      .filter((place) => !found.logs.has(place))
      .map((place) => `${place} is gone`),
    ...ofPositions(found),
    ...found.damage.filter((text) => !(told.isUnrecovered && FORGIVEN.test(text))),
  ];
}

/** Old or new, each by itself. */
function ofFacets(found: Facets, allowed: Told['allowed']): string[] {
  const names = new Set([found, ...allowed].flatMap((each) => [...each.keys()]));
  return [...names]
    .filter((name) => !allowed.some((each) => isDeepStrictEqual(each.get(name), found.get(name))))
    .map((name) => {
      const wanted = allowed.map((each) => JSON.stringify(each.get(name))).join(' or ');
      return `${name} is ${JSON.stringify(found.get(name))}, not ${wanted}`;
    });
}

function ofLog({ startOffset, endOffset, records }: FoundLog, told: LogLedger): string[] {
  const found: string[] = [];
  const isDense = records.every(({ offset }, at) => offset === startOffset + at);
  if (!isDense) found.push(`offsets are ${records.map(({ offset }) => offset).join(' ')}`);
  if (startOffset + records.length !== endOffset) {
    found.push(`${records.length} records from ${startOffset} to ${endOffset}`);
  }
  found.push(
    ...ofBatches(
      records.map(({ value }) => value),
      told.batches,
    ),
  );
  for (const [offset, { value }] of told.acknowledged) {
    const there = records[offset - startOffset]?.value;
    if (offset < startOffset || there === value) continue;
    found.push(`offset ${offset} was acknowledged as ${outline(value)} and is ${outline(there)}`);
  }
  return found;
}

/** Those that were tried, whole, each once. The first may have lost its head to a new log start. */
function ofBatches(values: readonly string[], batches: LogLedger['batches']): string[] {
  const left = new Set(batches);
  for (let at = 0; at < values.length;) {
    const batch = [...left].find((each) => each.includes(values[at]!));
    if (batch === undefined) return [`${outline(values[at])} was never tried, or stands twice`];
    const rest = at === 0 ? batch.slice(batch.indexOf(values[0]!)) : batch;
    if (!isDeepStrictEqual(values.slice(at, at + rest.length), rest)) {
      return [`the batch of ${outline(values[at])} is not whole`];
    }
    left.delete(batch);
    at += rest.length;
  }
  return [];
}

/** No position outlives the records that it speaks of. */
function ofPositions({ group, logs }: Survey): string[] {
  const positions = [group?.offsets ?? {}, ...(group?.pending ?? []).map(({ ends }) => ends)];
  return positions
    .flatMap((each) => Object.entries(each))
    .filter(([place, offset]) => offset > (logs.get(place)?.endOffset ?? Infinity))
    .map(([place, offset]) => `${place} ends before the position ${offset}`);
}

/** What a reader saw stays as it was, as far as it is kept, while the power is on. */
export function vanished(before: Survey, after: Survey): string[] {
  return [...before.logs].flatMap(([place, { records }]) => {
    const log = after.logs.get(place);
    if (log === undefined) return [`${place} vanished`];
    return records
      .filter(({ offset }) => offset >= log.startOffset)
      .filter(({ offset, value }) => log.records[offset - log.startOffset]?.value !== value)
      .map(({ offset }) => `${place}: what was read at ${offset} vanished`);
  });
}

function outline(value: string | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value.slice(0, 8));
}
