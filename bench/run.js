// npm run bench [-- NAME...] [--small]: prints medians, spread and ratios, and what they were taken on.
import { cpus } from 'node:os';

const NAMES = ['batch', 'startup', 'stream'];

const args = process.argv.slice(2);
const small = args.includes('--small');
const wanted = args.filter((arg) => !arg.startsWith('--'));
console.log(`${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`);
for (const name of wanted.length > 0 ? wanted : NAMES) {
  const { run } = await import(`./${name}.bench.js`);
  console.log(`\n${await run({ small })}`);
}
