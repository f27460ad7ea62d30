/** What people and programs type, pipe and hand over as files: records, positions, templates, offsets. */
import { compileGlob } from '../../../src/cli/grammar/glob.js';
import { parseConfigPair } from '../../../src/cli/grammar/config-pair.js';
import { parseDuration } from '../../../src/cli/grammar/duration.js';
import { decodeEscapes } from '../../../src/cli/grammar/escapes.js';
import { parseHeaderFilter, parseHeaderPair } from '../../../src/cli/grammar/header-pair.js';
import { parsePartitionList } from '../../../src/cli/grammar/partition-list.js';
import { describePosition, parsePosition } from '../../../src/cli/grammar/position.js';
import { parseRate } from '../../../src/cli/grammar/rate.js';
import { parseSize } from '../../../src/cli/grammar/size.js';
import { parseTemplate } from '../../../src/cli/grammar/template.js';
import { parseTopicArgument } from '../../../src/cli/grammar/topic-argument.js';
import { parseOffsetsCsv } from '../../../src/cli/group/offsets-csv.js';
import { parseReceipt } from '../../../src/cli/group/receipt.js';
import { type InputFormat, INPUT_FORMATS } from '../../../src/cli/input/record-framer.js';
import { isCoreError } from '../../../src/core/errors.js';
import {
  checkGroupName,
  groupFileName,
  groupOfFileName,
} from '../../../src/core/group/group-name.js';
import { isTopicName } from '../../../src/core/topic/topic-name.js';
import { cut, recordsDespiteBad, recordsOf } from '../../cli/input/recording.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { type FuzzTarget, MIB } from './fuzz-target.js';
import { mutated, randomBytes } from './mutation.js';

const RECORDS: readonly string[] = [
  'a\nb\r\n\nlast',
  'k\tv\nk2\tv2\n',
  '{"key":"k","value":"v","headers":[["a","b"],["c",null]],"timestamp":1}\n{"value":null}\n',
  '{"key_b64":"AAE=","value_b64":"/w==","headers":[[{"b64":"AA=="},{"b64":""}]]}\n',
  '00ff10\nDEADBEEF\n',
  'AAEC\n/w==\n',
  '\0\0\0\x02ab\xff\xff\xff\xff\0\0\0\0',
  'id,name\n1,"a ""quoted"" one"\n2,"two\nlines"\n',
  `{"value":${'['.repeat(200)}${']'.repeat(200)}}\n`,
  '{"value":"\\ud800","__proto__":{"a":1}}\n',
];

const WORDS: readonly string[] = [
  'start', '-1h', '47', '-20', '@1700000000', '2026-11-22T09:30:00.5+01:00', 'yesterday 12:30', 'group:load', '1h30m',
  '10.5GiB', '64KB', 'unlimited', 'forever', '100/s', '{key} {value.a.0|json|base64} {{x}} {header:h|shell}\\t\\x41',
  'retention.ms=7d', 'a=b', 'orders:0-3,5', '*[!a-z]?[]x]', '../../etc', '%2e%2e', 'é\u0301', '\u202e', '\u0000', '1'.repeat(400),
]; // prettier-ignore

const OFFSETS: readonly string[] = [
  'orders,0,12\norders,1,9007199254740991\n',
  '\ufeffload,"or""ders",0,3\r\n\r\n',
];

const RECEIPT =
  '{"kind":"spool-receipt","formatVersion":1,"clusterId":"AAAAAAAAAAAAAAAAAAAAAQ","group":"load","createdMs":1,"records":3,"ranges":[{"topic":"orders","topicId":"AAAAAAAAAAAAAAAAAAAAAQ","partition":0,"firstOffset":12,"endOffset":15}]}\n';

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export const recordTarget: FuzzTarget = {
  name: 'records from standard input',
  share: 13,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    const sound = RECORDS.map(bytesOf);
    return (random) => {
      const format: InputFormat = random.pick(INPUT_FORMATS);
      const bytes =
        random.below(5) === 0
          ? randomBytes(random, 300)
          : mutated(random.pick(sound), random, sound);
      const chunks = cut(bytes, [random.below(1000), random.below(1000), random.below(1000)]);
      const options = { format, maxRecordBytes: random.pick([1, 20, 1000]) };
      if (random.chance()) recordsDespiteBad(chunks, options);
      else recordsOf(chunks, options);
    };
  },
};

const GRAMMARS: readonly ((text: string, random: SeededRandom) => unknown)[] = [
  (text) => describePosition(parsePosition(text, { now: 1_700_000_000_000 })),
  (text) => parseDuration(text),
  (text) => parseSize(text),
  (text) => parseRate(text),
  (text) => parseTemplate(text),
  (text) => decodeEscapes(text),
  (text) => parseConfigPair(text),
  (text) => parseHeaderPair(text),
  (text) => parseHeaderFilter(text),
  (text) => parsePartitionList(text),
  (text) => parseTopicArgument(text),
  (text) => compileGlob(text)('a-name.of_a-topic'.repeat(10)),
  (text) => parseOffsetsCsv({ text, sourceName: 'f' }, 'load'),
  (text) => parseReceipt({ text, sourceName: 'f' }),
  checkNames,
];

/** A name never leads out of its folder, whatever it is. */
function checkNames(name: string): void {
  if (isTopicName(name) && /^\.{0,2}$|[^A-Za-z0-9._-]/.test(name)) throw new Error('a topic name');
  checkGroupName(name);
  const fileName = groupFileName(name);
  if (!/^[a-z0-9_~%-][A-Za-z0-9._%-]*$/.test(fileName)) throw new Error(`a file name: ${fileName}`);
  const known = groupOfFileName(fileName);
  if (known !== name && !fileName.startsWith('~')) throw new Error(`another name: ${fileName}`);
}

export const grammarTarget: FuzzTarget = {
  name: 'words and offset files',
  share: 12,
  maxGrowthBytes: 128 * MIB,
  prepare() {
    const sound = [...WORDS, ...OFFSETS, RECEIPT].map((text) => Buffer.from(text));
    return (random) => {
      const text = mutated(random.pick(sound), random, sound).toString(
        random.pick(['utf8', 'latin1']),
      );
      for (const parse of GRAMMARS) {
        try {
          parse(text, random);
        } catch (error) {
          if (!isCoreError(error)) throw error;
        }
      }
    };
  },
};
