import { invalidArgument, quoted } from './invalid-argument.js';

export interface ConfigPair {
  readonly key: string;
  /** As typed; what it may be is for the config's own table to say. */
  readonly value: string;
}

/** `KEY=VALUE`, split at the first `=`. The value may be empty. */
export function parseConfigPair(text: string): ConfigPair {
  const equalsAt = text.indexOf('=');
  if (equalsAt > 0)
    return { key: text.slice(0, equalsAt).trim(), value: text.slice(equalsAt + 1).trim() };
  const [, key, value] = /^([a-z.]+)[:\s]\s*(\S+)$/.exec(text) ?? [];
  throw invalidArgument(
    `${quoted(text)} is not KEY=VALUE`,
    key === undefined || value === undefined
      ? 'write it like retention.ms=7d'
      : `did you mean ${key}=${value}?`,
  );
}
