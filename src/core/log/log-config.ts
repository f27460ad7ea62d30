/**
 * The config of a log, typed: Kafka's dotted names become camelCase (`retention.ms` is
 * `retentionMs`), their texts become numbers, booleans and words. Everything follows from the table
 * in log-config-table.ts; configs that are ignored here are no part of the type.
 */
import { CoreError } from '../errors.js';
import { LOG_CONFIG_TABLE } from './log-config-table.js';
import type { LogConfigRow } from './log-config-table.js';
import { parseRowValue } from './log-config-value.js';
import type { ConfigScalar, ParsedConfigValue } from './log-config-value.js';
import { nearest } from '../nearest.js';

type Row = (typeof LOG_CONFIG_TABLE)[number];
type UsedRow = Exclude<Row, { readonly ignored: string }>;

type CamelCase<Name extends string> = Name extends `${infer Head}.${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type ValueOf<R> = R extends { kind: 'boolean' }
  ? boolean
  : R extends { kind: 'enum'; values: readonly (infer Word)[] }
    ? Word
    : R extends { kind: 'list'; values: readonly (infer Word)[] }
      ? readonly Word[]
      : R extends { default: null }
        ? number | null
        : number;

/**
 * Limits that never bite are Infinity: retentionMs and retentionBytes of -1, and 2^63 - 1 anywhere.
 * `segmentBytes` is the effective size: that of `internal.segment.bytes` where it is set.
 */
export type LogConfig = {
  readonly [R in UsedRow as CamelCase<R['name']>]: ValueOf<R>;
};

/** Overrides as stored: Kafka's names and canonical texts. */
export type ConfigOverrides = Readonly<Record<string, string>>;

const ROW_OF = new Map<string, LogConfigRow>(LOG_CONFIG_TABLE.map((row) => [row.name, row]));

/** INVALID_CONFIG, with the nearest name as its suggestion, for a name that Kafka does not know. */
export function configRow(name: string): LogConfigRow {
  const row = ROW_OF.get(name);
  if (row !== undefined) return row;
  const guess = nearest(name, ROW_OF.keys());
  throw new CoreError('INVALID_CONFIG', `unknown config ${JSON.stringify(name)}`, {
    details: { name, nearest: guess ?? null },
    suggestion:
      guess === undefined ? "Names are those of Kafka's topic configs." : `Did you mean ${guess}?`,
  });
}

/** Why a config is accepted but changes nothing here; undefined for those that matter. */
export function ignoredReason(name: string): string | undefined {
  return configRow(name).ignored;
}

export function isIgnored(name: string): boolean {
  return ignoredReason(name) !== undefined;
}

/**
 * Kafka's canonical text and the typed value of what a person or a file says. INVALID_CONFIG for an
 * unknown name or a value that does not fit; POLICY_VIOLATION for what is valid but not built.
 */
export function parseConfigValue(name: string, text: string): ParsedConfigValue {
  const parsed = parseRowValue(configRow(name), text);
  if (name === 'cleanup.policy' && parsed.text.includes('compact')) {
    throw new CoreError('POLICY_VIOLATION', 'cleanup.policy=compact is not built yet', {
      details: { name, value: text },
      suggestion: 'Use cleanup.policy=delete with retention.ms or retention.bytes.',
    });
  }
  return parsed;
}

/** Canonical texts of all pairs, checked alone and together; throws as `parseConfigValue` does. */
export function canonicalOverrides(overrides: ConfigOverrides): ConfigOverrides {
  logConfigOf(overrides);
  return Object.fromEntries(
    Object.keys(overrides)
      .sort()
      .map((name) => [name, parseConfigValue(name, overrides[name] ?? '').text]),
  );
}

/** The config that these overrides make over the defaults; throws as `parseConfigValue` does. */
export function logConfigOf(overrides: ConfigOverrides): LogConfig {
  const values: Record<string, ConfigScalar> = {};
  for (const row of LOG_CONFIG_TABLE as readonly LogConfigRow[]) {
    const text = Object.hasOwn(overrides, row.name) ? overrides[row.name] : row.default;
    const value =
      text === null || text === undefined ? null : parseConfigValue(row.name, text).value;
    if (row.ignored === undefined) values[camelCase(row.name)] = value;
  }
  for (const name of Object.keys(overrides)) configRow(name);
  // The loop above fills exactly the keys of the mapped type, which is made from the same table.
  const config = values as unknown as LogConfig;
  checkLags(config);
  return config.internalSegmentBytes === null
    ? config
    : { ...config, segmentBytes: config.internalSegmentBytes };
}

function checkLags(config: LogConfig): void {
  if (config.minCompactionLagMs <= config.maxCompactionLagMs) return;
  throw new CoreError(
    'INVALID_CONFIG',
    `min.compaction.lag.ms (${config.minCompactionLagMs}) is above max.compaction.lag.ms (${config.maxCompactionLagMs})`,
    { details: { name: 'min.compaction.lag.ms', value: String(config.minCompactionLagMs) } },
  );
}

function camelCase(name: string): string {
  return name.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
}

export const DEFAULT_LOG_CONFIG: LogConfig = logConfigOf({});
