/**
 * Where each row of a long list lies, when rows have different heights that are known only once they are drawn.
 *
 * @module
 */

/** So few heights take no room. */
const KNOWN_MIN = 1_000;

/** Heights by row, and sums over them that are made anew when somebody asks after a change. */
export class RowOffsets {
  readonly #known = new Map<string, number>();
  #keys: readonly string[] = [];
  #offsets = new Float64Array(1);
  #stale = true;
  #estimate: number;

  /** @param estimate The height of a row that was not drawn yet. */
  constructor(estimate: number) {
    this.#estimate = estimate;
  }

  get count(): number {
    return this.#keys.length;
  }

  /** All rows together. */
  get total(): number {
    return this.at(this.count);
  }

  /** Takes other rows; those that stay keep their heights. */
  setKeys(keys: readonly string[]): void {
    if (keys === this.#keys) return;
    this.#keys = keys;
    this.#stale = true;
    // Rows that went take their heights along, but not each time: most of them stay.
    if (this.#known.size > KNOWN_MIN && this.#known.size > 2 * keys.length) this.#forget();
  }

  /** Forgets all heights, as when lines wrap in another width. */
  reset(estimate: number): void {
    this.#known.clear();
    this.#estimate = estimate;
    this.#stale = true;
  }

  /** Takes a row's height. @returns Whether that is another one than before. */
  measure(key: string, height: number): boolean {
    if ((this.#known.get(key) ?? this.#estimate) === height) return false;
    this.#known.set(key, height);
    this.#stale = true;
    return true;
  }

  /** Where a row begins. */
  at(index: number): number {
    if (this.#stale) this.#sum();
    return this.#offsets[Math.min(Math.max(index, 0), this.count)]!;
  }

  /** The row at a height, the nearest where there is none. */
  indexAt(y: number): number {
    if (this.#stale) this.#sum();
    let [low, high] = [0, Math.max(this.count - 1, 0)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#offsets[middle]! <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #forget(): void {
    const here = new Set(this.#keys);
    for (const key of this.#known.keys()) if (!here.has(key)) this.#known.delete(key);
  }

  #sum(): void {
    const keys = this.#keys;
    if (this.#offsets.length < keys.length + 1) this.#offsets = new Float64Array((keys.length + 1) * 2);
    let y = 0;
    for (let i = 0; i < keys.length; i++) {
      this.#offsets[i] = y;
      y += this.#known.size === 0 ? this.#estimate : this.#known.get(keys[i]!) ?? this.#estimate;
    }
    this.#offsets[keys.length] = y;
    this.#stale = false;
  }
}
