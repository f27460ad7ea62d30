import { isUtf8 } from 'node:buffer';
import { CoreError } from '../../core/errors.js';
import { readInput } from '../stdin.js';

/** A row for each partition of thousands; what is longer is no list of positions. */
const LARGEST_BYTES = 64 * 1024 * 1024;

export interface InputText {
  readonly text: string;
  /** For messages. */
  readonly sourceName: string;
}

/** All of FILE, or of standard input where it is `-`. INVALID_INPUT for what is not text. */
export async function readInputText(path: string, stop: AbortSignal): Promise<InputText> {
  const sourceName = path === '-' ? 'standard input' : path;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of readInput(path, { stop })) {
    sizeBytes += chunk.length;
    if (sizeBytes > LARGEST_BYTES) throw notText(sourceName, 'it is too large');
    chunks.push(Buffer.from(chunk));
  }
  const bytes = Buffer.concat(chunks);
  if (!isUtf8(bytes)) throw notText(sourceName, 'it is not UTF-8');
  return { text: bytes.toString(), sourceName };
}

function notText(path: string, reason: string): CoreError {
  return new CoreError('INVALID_INPUT', `${path} cannot be used: ${reason}`, { details: { path } });
}
