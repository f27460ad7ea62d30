/** Invariants of commands as wholes, and of what is left at the end. */
import type { Breach } from './checker.js';
import type { Ledger } from './ledger.js';

export function* checkLiveness({ commands }: Ledger): Iterable<Breach> {
  for (const command of commands) {
    const { args, result } = command;
    const tookMs = (command.returnedNs - command.invokedNs) / 1e6;
    if (result.exit === null || !args.allowedExits.includes(result.exit)) {
      const how = result.exit === null ? 'did not end by itself' : `ended with ${result.exit}`;
      yield { message: `${args.command} ${how}: ${result.err}`, operations: [command] };
    } else if (args.limitMs !== null && tookMs > args.limitMs) {
      const message = `${args.command} took ${Math.round(tookMs)} ms with no fault about`;
      yield { message, operations: [command] };
    }
  }
}

export function* checkStructure({ endings }: Ledger): Iterable<Breach> {
  for (const ending of endings) {
    const { exit, findings, leftovers, heldLocks } = ending.result;
    const messages = [
      ...(exit === 0 ? [] : [`verify ended with ${String(exit)}`]),
      ...findings.map((finding) => `verify found ${finding}`),
      ...leftovers.map((path) => `${path} was left behind`),
      ...heldLocks.map((path) => `${path} names a holder, and nobody runs`),
    ];
    for (const message of messages) yield { message, operations: [ending] };
  }
}
