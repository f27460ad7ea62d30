// Interleaved rounds: every variant once per round, so that a busy moment hits all of them alike.

/** Runs each of `variants` ({name: async () => checksum}) `rounds` times; medians and spread in ms. */
export async function measure(variants, rounds) {
  const times = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  const checksums = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(variants)) {
      const began = performance.now();
      const checksum = await run();
      times[name].push(performance.now() - began);
      if (checksums[name] !== undefined && checksums[name] !== checksum) {
        throw new Error(`${name}: ${checksum} is not ${checksums[name]}`);
      }
      checksums[name] = checksum;
    }
  }
  return Object.entries(times).map(([name, all]) => {
    const sorted = all.sort((a, b) => a - b);
    return {
      name,
      medianMs: sorted[Math.floor(sorted.length / 2)],
      minMs: sorted[0],
      maxMs: sorted.at(-1),
      checksum: checksums[name],
    };
  });
}

/** Lines of a table: the first variant is what the others are compared with. */
export function report(title, results) {
  const base = results[0].medianMs;
  const lines = results.map(({ name, medianMs, minMs, maxMs, checksum }) => {
    const spread = `${minMs.toFixed(1)}-${maxMs.toFixed(1)}`;
    const ratio = `${(medianMs / base).toFixed(2)}x`;
    return `  ${name.padEnd(28)} ${medianMs.toFixed(1).padStart(9)} ms  ${spread.padStart(17)}  ${ratio.padStart(7)}  ${checksum}`;
  });
  return [title, ...lines].join('\n');
}
