/**
 * Receipts as `consume --receipt` writes them and `group commit --receipt` reads them: one line of JSON,
 *
 *     {"kind":"spool-receipt","formatVersion":1,"clusterId":"…","group":"load","createdMs":1700000000000,
 *      "records":3,"ranges":[{"topic":"orders","topicId":"…","partition":0,"firstOffset":12,"endOffset":15}]}
 *
 * A receipt moves a position without a question, so nothing in it is taken on trust: a file that was cut
 * short, edited or made by a later version is refused. Fields that are not known are passed over.
 */
import { CoreError } from '../../core/errors.js';
import type { BatchRange, Receipt } from '../../core/index.js';
import { safeJson } from '../../view/escape.js';
import type { InputText } from './input-text.js';

const KIND = 'spool-receipt';
const FORMAT_VERSION = 1;

type Fields = Readonly<Record<string, unknown>>;

/** Ends in a newline. */
export function formatReceipt(receipt: Receipt): string {
  const { clusterId, group, createdMs, records, ranges } = receipt;
  const fields = { clusterId, group, createdMs, records, ranges: ranges.map(plainRange) };
  return `${safeJson({ kind: KIND, formatVersion: FORMAT_VERSION, ...fields })}\n`;
}

/** INVALID_INPUT for what is none. */
export function parseReceipt({ text, sourceName }: InputText): Receipt {
  const refuse = (reason: string): CoreError =>
    new CoreError('INVALID_INPUT', `${sourceName} is not a receipt: ${reason}`, {
      details: { path: sourceName, reason },
      suggestion: 'spool consume TOPIC -g GROUP --receipt FILE writes one',
    });
  const fields = jsonObject(text);
  if (fields === undefined) throw refuse(text.trim() === '' ? 'it is empty' : 'not a JSON object');
  if (fields['kind'] !== KIND) throw refuse(`its kind is not ${JSON.stringify(KIND)}`);
  if (fields['formatVersion'] !== FORMAT_VERSION) {
    throw refuse(`its format version is not ${FORMAT_VERSION}`);
  }
  const { clusterId, group, createdMs, records, ranges } = fields;
  if (!isName(clusterId)) throw refuse('clusterId is missing');
  if (!isName(group)) throw refuse('group is missing');
  if (!isCount(createdMs)) throw refuse('createdMs is not a time');
  if (!isCount(records)) throw refuse('records is not a count');
  if (!Array.isArray(ranges)) throw refuse('ranges is missing');
  if (!ranges.every(isRange)) throw refuse('a range is not whole');
  const places = new Set(ranges.map(({ topic, partition }) => `${topic} ${partition}`));
  if (places.size < ranges.length) throw refuse('it names a partition twice');
  return { clusterId, group, createdMs, records, ranges: ranges.map(plainRange) };
}

function jsonObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without what else may stand there. */
function plainRange({ topic, topicId, partition, firstOffset, endOffset }: BatchRange): BatchRange {
  return { topic, topicId, partition, firstOffset, endOffset };
}

function isRange(value: unknown): value is BatchRange {
  if (!isObject(value)) return false;
  const { topic, topicId, partition, firstOffset, endOffset } = value;
  return (
    isName(topic) &&
    isName(topicId) &&
    isCount(partition) &&
    isCount(firstOffset) &&
    isCount(endOffset) &&
    firstOffset <= endOffset
  );
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
