import type { HelpPage } from './page.js';

export const FORMATS_PAGE: HelpPage = {
  summary: 'What -F means in produce and in consume.',
  text: () => `PRODUCE -F
  lines (default)   one record a line. Any bytes; an empty line is a record;
                    CR is kept; the last line may lack its newline
  kv                KEY, tab (--key-separator), VALUE; split at the first tab
  json              one envelope a line, as consume -F json writes it; its
                    partition is not used: the key decides, or -p
  hex, base64       one record a line
  length            4 bytes of length (big-endian), then the value
  csv               a header row, then a JSON object for every row
  --whole           all of a FILE, or of stdin, is one record
  --delimiter STR, -0
                    something else than a newline ends a record

CONSUME -F
  value             the value and a newline (default in a pipe)
  pretty            for people (default on a terminal); control bytes are
                    shown, so no record can drive your terminal
  json              one object a line:
                    {"topic","partition","offset","timestamp","key","value",
                    "headers":[["name","value"]]}
                    bytes that are not UTF-8 come as key_b64, value_b64
  kv, hex, base64, length
                    the reverse of produce -F
  none              nothing: for counting with -v, or for timing
  TEMPLATE          anything with a {:
                    {key} {value} {value.user.id} {offset} {partition}
                    {topic} {timestamp} {header:NAME} {size}
                    {value|json} {value|base64} {value|hex} {key|shell}
                    \\t \\n \\0, and {{ for a brace

  spool consume -F json A | spool produce -F json B    copies every byte.

EXAMPLES
  spool consume orders -F '{offset}\\t{key}\\t{value.total}\\n' --delimiter ''
  spool consume orders -F json | jq -r .value
  spool consume blobs -F length > blobs.bin
`,
};
