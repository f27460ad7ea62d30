/** The part of the memory file system that its files share: power, space and the count of changes. */

/** The power went. Not a CoreError: no code under test may take it for an expected failure. */
export class CrashSignal extends Error {
  constructor() {
    super('the power went');
    this.name = 'CrashSignal';
  }
}

export class MemoryDevice {
  readonly trace: string[] = [];
  readonly capacityBytes: number;
  usedBytes = 0;
  /** Told of each change just before it is made, and half-way through each write. */
  watch: ((change: string) => void) | undefined;
  #crashAt = Infinity;
  #crashed = false;

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes;
  }

  get availableBytes(): number {
    return this.capacityBytes - this.usedBytes;
  }

  /** Time is counted in changes. */
  get now(): number {
    return this.trace.length;
  }

  crashAfter(count: number): void {
    this.#crashAt = this.trace.length + count;
  }

  checkPower(): void {
    if (this.#crashed) throw new CrashSignal();
  }

  beginChange(description: string): void {
    if (this.beginTearableChange(description)) return;
    throw new CrashSignal();
  }

  /** False for the change in which the power goes: the caller lets it land in part and throws. */
  beginTearableChange(description: string): boolean {
    this.checkPower();
    this.watch?.(description);
    this.#crashed = this.trace.length >= this.#crashAt;
    if (!this.#crashed) this.trace.push(description);
    return !this.#crashed;
  }
}
