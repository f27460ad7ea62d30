import { expect, test } from '@jest/globals';
import { parseTemplate } from '../../../src/cli/grammar/template.js';

test('literals and fields come in the order in which they are written', () => {
  expect(parseTemplate('{{{topic}}\\t{value.user.id|json|shell}')).toStrictEqual([
    Buffer.from('{'),
    { source: 'topic', filters: [] },
    Buffer.from('}\t'),
    { source: 'value', path: ['user', 'id'], filters: ['json', 'shell'] },
  ]);
});

test('a header is found by any name', () => {
  expect(parseTemplate('{header:x-y.z}')).toStrictEqual([
    { source: 'header', headerName: Buffer.from('x-y.z'), filters: [] },
  ]);
});

test.each([
  ['{valeu}', 'did you mean value?'],
  ['{ofset}', 'did you mean offset?'],
  ['{value|jsno}', 'did you mean json?'],
  ['{value|upper}', 'known are: json, base64, hex, shell'],
  ['{offset.x}', 'did you mean offset?'],
  ['{}', 'a { itself is written {{'],
  ['{"a":1}', 'known are: key, value, offset, partition, topic, timestamp, size, header:NAME'],
  ['{value', 'a { itself is written {{'],
  ['{header:}', 'did you mean header:NAME?'],
  ['{value..x}', 'did you mean value?'],
])('%s is refused: %s', (text, suggestion) => {
  expect(() => parseTemplate(text)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT', suggestion }),
  );
});
