/** A history, sorted into what was done to each partition: what the invariants are asked of. */
import {
  type Bounds,
  type Command,
  type Consume,
  type Delivery,
  type Ending,
  type Entry,
  type Operation,
  type Place,
  type Position,
  type Produce,
  type Trim,
  placeName,
} from './history.js';

export class PlaceLedger {
  readonly place: Place;
  readonly retentionBytes: number | null;
  readonly produces: Produce[] = [];
  readonly consumes: Consume[] = [];
  readonly trims: Trim[] = [];
  readonly bounds: Bounds[] = [];
  readonly groups = new Map<string, GroupLedger>();
  /** After all else had ended. */
  finalRead: Consume | undefined;
  finalBounds: Bounds | undefined;

  constructor(place: Place, retentionBytes: number | null) {
    this.place = place;
    this.retentionBytes = retentionBytes;
  }

  /** Everything that anybody was given, and by which operation. */
  *reads(): Iterable<Consume | Delivery> {
    yield* this.consumes;
    for (const { deliveries } of this.groups.values()) yield* deliveries;
  }

  get finalEntries(): readonly Entry[] {
    return this.finalRead?.result.records ?? [];
  }

  get startOffset(): number {
    return this.finalBounds?.result.startOffset ?? 0;
  }

  /** The highest offset that a trim asked for before `atNs`, whatever became of it. */
  trimmedBefore(atNs: number): number {
    const asked = this.trims.filter(({ invokedNs }) => invokedNs < atNs);
    return asked.reduce((highest, { args }) => Math.max(highest, args.beforeOffset), 0);
  }

  /** Where the log may begin at the most: below it nothing can be missed. */
  get legalStart(): number {
    return this.retentionBytes === null ? this.trimmedBefore(Infinity) : this.startOffset;
  }

  group(name: string): GroupLedger {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = { name, deliveries: [], positions: [] };
      this.groups.set(name, group);
    }
    return group;
  }
}

/** One group in one partition. */
export interface GroupLedger {
  readonly name: string;
  readonly deliveries: Delivery[];
  readonly positions: Position[];
}

export interface Ledger {
  readonly places: readonly PlaceLedger[];
  /** Of all that was ever sent. */
  readonly byPayload: ReadonlyMap<string, Produce>;
  readonly commands: readonly Command[];
  readonly endings: readonly Ending[];
}

export function ledgerOf(history: readonly Operation[]): Ledger {
  const places = new Map<string, PlaceLedger>();
  const byPayload = new Map<string, Produce>();
  const commands: Command[] = [];
  const endings: Ending[] = [];
  for (const made of history) {
    if (made.op !== 'topic') continue;
    const { topic, partitions, retentionBytes } = made.args;
    for (let partition = 0; partition < partitions; partition++) {
      const place = { topic, partition };
      places.set(placeName(place), new PlaceLedger(place, retentionBytes));
    }
  }
  for (const operation of history) {
    if (operation.op === 'command') commands.push(operation);
    else if (operation.op === 'ending') endings.push(operation);
    else if (operation.op !== 'topic' && operation.op !== 'fault') {
      const ledger = places.get(placeName(operation.args));
      if (ledger === undefined) throw new Error(`no topic for ${JSON.stringify(operation.args)}`);
      enter(ledger, operation);
      if (operation.op === 'produce') byPayload.set(operation.args.payload, operation);
    }
  }
  return { places: [...places.values()], byPayload, commands, endings };
}

function enter(
  ledger: PlaceLedger,
  operation: Produce | Consume | Delivery | Position | Trim | Bounds,
): void {
  switch (operation.op) {
    case 'produce':
      ledger.produces.push(operation);
      break;
    case 'consume':
      ledger.consumes.push(operation);
      if (operation.args.isFinal) ledger.finalRead = operation;
      break;
    case 'deliver':
      ledger.group(operation.args.group).deliveries.push(operation);
      break;
    case 'position':
      ledger.group(operation.args.group).positions.push(operation);
      break;
    case 'trim':
      ledger.trims.push(operation);
      break;
    case 'bounds':
      ledger.bounds.push(operation);
      if (operation.args.isFinal) ledger.finalBounds = operation;
      break;
  }
}
