/**
 * Names of consumer groups. Kafka allows any string; here it is any of 1 to 255 bytes of UTF-8 without
 * control characters. It never becomes a path as it is: small letters, digits, `_`, `-` and dots inside
 * stay, every other byte becomes `%XX`, and what would be too long for a file's name becomes `~` and its
 * SHA-256. Capital letters are among the others, because some file systems do not tell them from small
 * ones. The name itself stands in the group's state.
 */
import { createHash } from 'node:crypto';
import { CoreError } from '../errors.js';

const GROUP_NAME_BYTES = 255;
/** Below the 255 bytes that every file system takes, with room for a prefix or a suffix. */
const FILE_NAME_BYTES = 200;
/** The lease of a lock file has the file's name and this (lockfile-lease.ts). */
const LEASE_SUFFIX = /\.lock$/;

/** INVALID_GROUP_ID for a name that no group can have. */
export function checkGroupName(name: string): void {
  const fault = faultOf(name);
  if (fault === undefined) return;
  throw new CoreError('INVALID_GROUP_ID', `no group can have this name: ${fault}`, {
    details: { group: name },
  });
}

function faultOf(name: string): string | undefined {
  const bytes = Buffer.from(name);
  if (bytes.length === 0) return 'it is empty';
  if (bytes.length > GROUP_NAME_BYTES) {
    return `it has ${bytes.length} bytes, and ${GROUP_NAME_BYTES} are the most`;
  }
  if (/\p{Cc}/u.test(name)) return 'it has a control character';
  // Half of a surrogate pair: two such names would be the same bytes.
  if (bytes.toString() !== name) return 'it is not valid text';
  return undefined;
}

/** What stands for the group in file names; another for every name. INVALID_GROUP_ID. */
export function groupFileName(name: string): string {
  checkGroupName(name);
  const bytes = Buffer.from(name);
  const encoded = Array.from(bytes, (byte, at) =>
    isPlain(byte, at, bytes.length) ? String.fromCharCode(byte) : percent(byte),
  )
    .join('')
    .replace(LEASE_SUFFIX, '%2Elock');
  if (encoded.length <= FILE_NAME_BYTES) return encoded;
  return `~${createHash('sha256').update(name).digest('hex')}`;
}

/** The name behind one of `groupFileName`; undefined for what it never makes, and for a hash. */
export function groupOfFileName(fileName: string): string | undefined {
  // Latin-1 maps characters to bytes one to one, so that UTF-8 can be read from the result.
  const bytes = fileName.replace(/%([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const name = Buffer.from(bytes, 'latin1').toString();
  return faultOf(name) === undefined && groupFileName(name) === fileName ? name : undefined;
}

/** True for what may be the folder of a group; of a hash the name is yet to be learnt from the state. */
export function isGroupFileName(fileName: string): boolean {
  return /^~[0-9a-f]{64}$/.test(fileName) || groupOfFileName(fileName) !== undefined;
}

/** A leading dot hides a file, and Windows drops one at the end. */
function isPlain(byte: number, at: number, length: number): boolean {
  const character = String.fromCharCode(byte);
  if (character === '.') return at > 0 && at < length - 1;
  return /[a-z0-9_-]/.test(character);
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
