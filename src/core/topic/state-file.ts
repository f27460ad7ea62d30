/**
 * Small JSON files that carry their format version and a checksum: one line,
 *
 *     {"formatVersion":1,...,"checksum":"1a2b3c4d"}\n
 *
 * with the CRC-32C of all bytes before `,"checksum"`, as eight hexadecimal digits. A flipped bit in a
 * retention time or a leader would otherwise pass for a wish. Written by replacing the whole file.
 */
import { crc32c } from '../bytes/crc32c.js';
import { CoreError } from '../errors.js';
import { damagedFile } from '../log/damaged-file.js';

const CHECKSUM_TAIL = /,"checksum":"([0-9a-f]{8})"\}\n$/;
const CHECKSUM_TAIL_BYTES = ',"checksum":"00000000"}\n'.length;

/** The bytes of a file with these fields; `formatVersion` is put first. */
export function formatStateFile(formatVersion: number, fields: object): Uint8Array {
  const text = JSON.stringify({ formatVersion, ...fields });
  const body = Buffer.from(text.slice(0, -1), 'utf8');
  const tail = `,"checksum":"${checksumOf(body)}"}\n`;
  return Buffer.concat([body, Buffer.from(tail, 'latin1')]);
}

/**
 * The fields, of which only the version and the checksum have been looked at. DATA_DIR_DAMAGED if the
 * bytes are not what was written; DATA_DIR_UNKNOWN_FORMAT, naming both versions, if another version of
 * the program wrote them.
 */
export function parseStateFile(
  bytes: Uint8Array,
  { path, formatVersion }: { readonly path: string; readonly formatVersion: number },
): Readonly<Record<string, unknown>> {
  if (bytes.length === 0) throw damagedFile(path, 'it is empty');
  const tail = Buffer.from(bytes.subarray(-CHECKSUM_TAIL_BYTES)).toString('latin1');
  const checksum = CHECKSUM_TAIL.exec(tail)?.[1];
  const body = bytes.subarray(0, bytes.length - CHECKSUM_TAIL_BYTES);
  if (checksum !== undefined && checksum !== checksumOf(body)) {
    throw damagedFile(path, 'its checksum is wrong');
  }
  const fields = parseObject(bytes, path);
  // Before the checksum is missed: another version may keep it elsewhere.
  const found = fields['formatVersion'];
  if (Number.isInteger(found) && found !== formatVersion) {
    throw unknownFormat(path, Number(found), formatVersion);
  }
  if (found !== formatVersion) throw damagedFile(path, 'it has no format version');
  if (checksum === undefined) throw damagedFile(path, 'it has no checksum');
  return fields;
}

function parseObject(bytes: Uint8Array, path: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw damagedFile(path, 'it is not JSON');
  }
  if (!isObject(value)) throw damagedFile(path, 'it is not a JSON object');
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checksumOf(bytes: Uint8Array): string {
  return crc32c(bytes, 0, bytes.length).toString(16).padStart(8, '0');
}

function unknownFormat(path: string, found: number, known: number): CoreError {
  return new CoreError(
    'DATA_DIR_UNKNOWN_FORMAT',
    `${path} has format version ${found}; this program knows ${known}`,
    {
      details: { path, formatVersion: found, knownFormatVersion: known },
      suggestion:
        found > known
          ? 'A newer version of the program wrote it: use that one.'
          : 'An older version of the program wrote it.',
    },
  );
}
