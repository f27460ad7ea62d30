/** What a verification has to say of one place in a file. */
export interface Finding {
  /**
   * - `damage`: records or state are lost, or something would mislead who trusts it.
   * - `note`: harmless as it is, or put right by the next writer.
   */
  readonly kind: 'damage' | 'note';
  readonly file: string;
  /** Of the first byte that is meant; null where it is the file as a whole. */
  readonly position: number | null;
  /** Of the first record that is meant; null where it is none. */
  readonly offset: number | null;
  readonly reason: string;
}

export interface FindingPlace {
  readonly position?: number;
  readonly offset?: number;
}

/** A file of which everything is wrong tells as much in its first hundred findings. */
const FINDINGS_PER_FILE = 100;

/** The findings of one file. */
export class FileFindings {
  readonly file: string;
  readonly list: Finding[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** True once more would say nothing new; what is added from then on is dropped. */
  get isFull(): boolean {
    return this.list.length >= FINDINGS_PER_FILE;
  }

  damage(reason: string, place: FindingPlace = {}): void {
    this.#add('damage', reason, place);
  }

  note(reason: string, place: FindingPlace = {}): void {
    this.#add('note', reason, place);
  }

  #add(kind: Finding['kind'], reason: string, { position, offset }: FindingPlace): void {
    if (this.isFull) return;
    const { file } = this;
    this.list.push({ kind, file, position: position ?? null, offset: offset ?? null, reason });
  }
}

/** Those of `findings` that were found before as well: what is found twice is there. */
export function confirmedBy(earlier: readonly Finding[], findings: readonly Finding[]): Finding[] {
  const before = new Set(earlier.map(identityOf));
  return findings.filter((finding) => before.has(identityOf(finding)));
}

function identityOf({ kind, file, position, offset, reason }: Finding): string {
  return JSON.stringify([kind, file, position, offset, reason]);
}
