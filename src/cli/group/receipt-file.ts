/** Receipts on their way to a file. */
import type { Receipt } from '../../core/index.js';
import { openOutputFile } from '../stdout.js';
import { formatReceipt } from './receipt.js';

/** On disk when this resolves. */
export async function writeReceipt(
  path: string,
  receipt: Receipt,
  stop: AbortSignal,
): Promise<void> {
  const output = await openOutputFile(path, { stop });
  try {
    await output.write(Buffer.from(formatReceipt(receipt)));
    await output.sync();
  } finally {
    await output.close();
  }
}
