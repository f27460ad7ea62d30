/** Kafka's ids: 16 bytes as 22 characters of base64url, without padding. */

const BYTES = 16;
/** The last character carries four bits: only every sixteenth letter ends a canonical text. */
const TEXT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/** The zero id. */
const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA';
/** The metadata topic of KRaft. */
const ONE = 'AAAAAAAAAAAAAAAAAAAAAQ';

/**
 * A random (version 4) id as Kafka makes them: not a reserved one, and not beginning with a dash, which
 * a command line would take for a flag.
 */
export function randomUuid(): string {
  for (;;) {
    // The global, because loading node:crypto takes milliseconds of a command that may not need it.
    const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const text = Buffer.from(bytes).toString('base64url');
    if (!text.startsWith('-') && !isReservedUuid(text)) return text;
  }
}

/** Whether the text is an id of any kind in its one canonical spelling. */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && TEXT.test(text);
}

/** True for ids that no topic, cluster or directory may have. */
export function isReservedUuid(text: string): boolean {
  return text === ZERO || text === ONE;
}
