/** The bytes of an index file as they were at one moment, in entries of one size. */
import { isCoreError } from '../errors.js';
import type { FileSystem } from '../fs/file-system.js';
import type { FileFindings } from './verify-finding.js';

/** Six times the largest index that Kafka makes by default; the entries behind it go unchecked. */
export const INDEX_LIMIT_BYTES = 64 * 1024 * 1024;

export interface IndexContent {
  readonly view: DataView;
  readonly entryBytes: number;
  /** Whole entries before the padding. */
  readonly entryCount: number;
}

/** Undefined, and a note, for an index that is not there: it is rebuilt, or was never needed. */
export function readIndexContent(
  fs: FileSystem,
  findings: FileFindings,
  entryBytes: number,
): IndexContent | undefined {
  const bytes = readBytes(fs, findings);
  if (bytes === undefined) return undefined;
  const slotCount = Math.floor(bytes.length / entryBytes);
  const strayBytes = bytes.length - slotCount * entryBytes;
  if (strayBytes > 0 && bytes.length < INDEX_LIMIT_BYTES) {
    const position = slotCount * entryBytes;
    findings.note(`ends in ${strayBytes} bytes of an entry; the next writer rebuilds it`, {
      position,
    });
  }
  let usedBytes = slotCount * entryBytes;
  while (usedBytes > 0 && bytes[usedBytes - 1] === 0) usedBytes--;
  const entryCount = Math.ceil(usedBytes / entryBytes);
  if (entryCount < slotCount) {
    const paddingBytes = (slotCount - entryCount) * entryBytes;
    findings.note(`${paddingBytes} bytes of padding, as a killed broker leaves them`, {
      position: entryCount * entryBytes,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return { view, entryBytes, entryCount };
}

function readBytes(fs: FileSystem, findings: FileFindings): Uint8Array | undefined {
  try {
    const file = fs.open(findings.file, 'read');
    try {
      const { sizeBytes } = file.stat();
      if (sizeBytes > INDEX_LIMIT_BYTES) {
        const reason = `${sizeBytes} bytes: only the first ${INDEX_LIMIT_BYTES} are checked`;
        findings.note(reason, { position: INDEX_LIMIT_BYTES });
      }
      const bytes = new Uint8Array(Math.min(sizeBytes, INDEX_LIMIT_BYTES));
      return bytes.subarray(0, file.readAt(bytes, 0, bytes.length, 0));
    } finally {
      file.close();
    }
  } catch (error) {
    if (!isCoreError(error, 'FILE_NOT_FOUND')) throw error;
    findings.note('missing: lookups read the log from its start');
    return undefined;
  }
}
