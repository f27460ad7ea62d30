/**
 * The first SIGINT, SIGTERM or SIGHUP asks the command to stop: it finishes what it has begun, saves
 * what is confirmed and returns. The signal is then raised again with its default action, so the
 * shell (and `timeout`, and a supervisor) sees a death by that signal. A second one kills at once.
 */
import { constants } from 'node:os';
import { CoreError, isCoreError } from '../core/errors.js';

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

const STOP_SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export class SignalWatch {
  readonly #controller: AbortController;
  #received: StopSignal | undefined;
  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (this.#received !== undefined) {
      this.#raise(signal as StopSignal);
      return;
    }
    this.#received = signal as StopSignal;
    const details = { signal };
    this.#controller.abort(new CoreError('INTERRUPTED', `interrupted by ${signal}`, { details }));
  };

  /** Aborts `controller` with a CoreError INTERRUPTED at the first signal. */
  constructor(controller: AbortController) {
    this.#controller = controller;
    for (const signal of STOP_SIGNALS) process.on(signal, this.#onSignal);
  }

  get received(): StopSignal | undefined {
    return this.#received;
  }

  /** Puts the default actions back. Does not return if a signal had come, but in process 1. */
  release(): number | undefined {
    for (const signal of STOP_SIGNALS) process.off(signal, this.#onSignal);
    return this.#received === undefined ? undefined : this.#raise(this.#received);
  }

  #raise(signal: StopSignal): number {
    // Libraries hang listeners of their own on signals, and any listener at all disarms the default.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    // The kernel shields process 1 of a container from default actions: it must exit by itself.
    return 128 + constants.signals[signal];
  }
}

/** The signal that has aborted `stop`; SIGTERM where something else has. */
export function stopSignalOf(stop: AbortSignal): StopSignal {
  const reason: unknown = stop.reason;
  const signal = isCoreError(reason, 'INTERRUPTED') ? reason.details['signal'] : undefined;
  return STOP_SIGNALS.find((each) => each === signal) ?? 'SIGTERM';
}
