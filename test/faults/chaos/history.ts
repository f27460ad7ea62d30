/**
 * What a run did to the program and what the program answered, written down by the process that started
 * all others: the oracle stands outside of the system under test. One operation a line as JSON:
 *
 *     {proc, seq, op, invokedNs, returnedNs, args, result}
 *
 * `proc` is the process that was started, `seq` counts within it. Times are nanoseconds of this
 * process's monotonic clock since the history began: an operation took effect, if it did, between the
 * two. What is known late is dated late (an acknowledgement when its line was read), so an order that
 * the times show is a real one.
 */
import { writeFileSync } from 'node:fs';

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** An offset, and the value that was read there. */
export type Entry = readonly [offset: number, payload: string];

interface Common {
  readonly proc: string;
  readonly seq: number;
  readonly invokedNs: number;
  readonly returnedNs: number;
}

export interface TopicMade extends Common {
  readonly op: 'topic';
  /** retentionBytes null: nothing goes but what is trimmed. */
  readonly args: {
    readonly topic: string;
    readonly partitions: number;
    readonly retentionBytes: number | null;
  };
}

/** One record. `unknown`: its process was killed before it answered; `failed`: it said so. */
export interface Produce extends Common {
  readonly op: 'produce';
  readonly args: Place & { readonly key: string | null; readonly payload: string };
  readonly result:
    | { readonly kind: 'acknowledged'; readonly offset: number }
    | { readonly kind: 'failed' | 'unknown' };
}

export interface Consume extends Common {
  readonly op: 'consume';
  /** `from`: a first offset, or the oldest that was kept. `isFinal`: after all else had ended. */
  readonly args: Place & { readonly from: number | 'start'; readonly isFinal: boolean };
  readonly result: {
    readonly records: readonly Entry[];
    /** It ended by itself, at the end of the log. */
    readonly isWhole: boolean;
    /** It said that records were pruned under it. */
    readonly toldGap: boolean;
  };
}

/** What one run of a group gave out of one partition. `unknown`: killed, its records may be committed. */
export interface Delivery extends Common {
  readonly op: 'deliver';
  readonly args: Place & { readonly group: string };
  readonly result: {
    readonly kind: 'confirmed' | 'failed' | 'unknown';
    readonly records: readonly Entry[];
    readonly toldGap: boolean;
  };
}

/** Where a group stood. */
export interface Position extends Common {
  readonly op: 'position';
  readonly args: Place & { readonly group: string };
  readonly result: { readonly committedOffset: number };
}

/** `topic trim`: everything before `beforeOffset` may go. */
export interface Trim extends Common {
  readonly op: 'trim';
  readonly args: Place & { readonly beforeOffset: number };
  readonly result: { readonly kind: 'done' | 'failed' | 'unknown' };
}

/** A look at a partition; endOffset is exclusive, logBytes what its segments hold. */
export interface Bounds extends Common {
  readonly op: 'bounds';
  readonly args: Place & { readonly isFinal: boolean };
  readonly result: {
    readonly startOffset: number;
    readonly endOffset: number;
    readonly logBytes: number;
  };
}

/** A command that ended by itself, and how it may end. */
export interface Command extends Common {
  readonly op: 'command';
  readonly args: {
    readonly command: string;
    readonly allowedExits: readonly number[];
    /** After the last fault; Infinity (null as JSON) while there are some. */
    readonly limitMs: number | null;
  };
  /** exit null: by a signal, or not within the harness's patience. */
  readonly result: { readonly exit: number | null; readonly err: string };
}

/** For whoever reads the trace. */
export interface Fault extends Common {
  readonly op: 'fault';
  readonly args: {
    readonly kind: 'kill' | 'stop' | 'continue' | 'clock' | 'disk full' | 'disk free';
  };
}

/** What `verify` said at the end, and the files that nobody can want any more. */
export interface Ending extends Common {
  readonly op: 'ending';
  readonly result: {
    readonly exit: number | null;
    readonly findings: readonly string[];
    readonly leftovers: readonly string[];
    /** Control files that still name a holder. */
    readonly heldLocks: readonly string[];
  };
}

export type Operation =
  TopicMade | Produce | Consume | Delivery | Position | Trim | Bounds | Command | Fault | Ending;

/** `{op, args, result}`, to be completed by whose it is and when it was. */
type Unsigned<T> = T extends Operation ? Omit<T, 'seq'> : never;

export class History {
  readonly operations: Operation[] = [];
  readonly #began = process.hrtime.bigint();
  readonly #lastSeq = new Map<string, number>();

  now(): number {
    return Number(process.hrtime.bigint() - this.#began);
  }

  add(operation: Unsigned<Operation>): void {
    const seq = (this.#lastSeq.get(operation.proc) ?? -1) + 1;
    this.#lastSeq.set(operation.proc, seq);
    this.operations.push({ ...operation, seq });
  }

  write(path: string): void {
    writeFileSync(
      path,
      this.operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''),
    );
  }
}

export function placeName({ topic, partition }: Place): string {
  return `${topic}:${partition}`;
}
