/**
 * A queue in an array.
 *
 * @module
 */

/** How many items that left are kept before the array is cut; below, cutting would cost more than the room. */
const CUT_MIN = 1024;

/** First in, first out; each step takes constant time on average. */
export class Fifo<T> {
  #items: T[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The next to leave; `undefined` when there is none. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes out the next; `undefined` when there is none. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head++];
    if (this.#head > CUT_MIN && 2 * this.#head > this.#items.length) this.#cut();
    return item;
  }

  /** Takes out everything, in order. */
  drain(): T[] {
    this.#cut();
    const items = this.#items;
    this.#items = [];
    return items;
  }

  #cut(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
