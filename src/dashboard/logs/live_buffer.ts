/**
 * The lines of a tail: so many, of which nothing goes that is being read.
 *
 * @module
 */
import type { Entry } from "../api/answers.ts";
import type { Gap } from "../api/tail.ts";

/** A line, or a gap after the line before it. */
export type LiveLine =
  | { readonly key: string; readonly entry: Entry }
  | { readonly key: string; readonly gap: Gap };

/** What is shown, and what waits while somebody reads. */
export class LiveBuffer {
  readonly #linesMax: number;
  #shown: readonly LiveLine[] = [];
  #waiting: LiveLine[] = [];
  #lost = 0;
  #gaps = 0;
  /** Of the entries that came last: a tail that was broken off may tell of some again. */
  readonly #known = new Set<string>();

  /** @param linesMax Shown, and as many waiting. */
  constructor(linesMax: number) {
    this.#linesMax = linesMax;
  }

  get shown(): readonly LiveLine[] {
    return this.#shown;
  }

  /** Entries that wait, those included that did not fit any more. */
  get waiting(): number {
    return this.#waiting.filter((line) => "entry" in line).length + this.#lost;
  }

  /** Takes what landed; it waits until {@linkcode show}. */
  push(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (this.#known.has(entry.id)) continue;
      this.#known.add(entry.id);
      this.#waiting.push({ key: entry.id, entry });
    }
    // A set gives up the oldest first.
    for (const id of this.#known) {
      if (this.#known.size <= 2 * this.#linesMax) break;
      this.#known.delete(id);
    }
    this.#trim();
  }

  /** Takes note that something is missing there. */
  pushGap(gap: Gap): void {
    this.#waiting.push({ key: `gap-${this.#gaps++}`, gap });
  }

  /** Shows what waits; the oldest lines go where there are too many. */
  show(): void {
    if (this.#waiting.length === 0) return;
    if (this.#lost > 0) {
      this.#waiting.unshift({ key: `gap-${this.#gaps++}`, gap: { dropped: this.#lost, reason: "slow" } });
      this.#lost = 0;
    }
    this.#shown = [...this.#shown, ...this.#waiting].slice(-this.#linesMax);
    this.#waiting = [];
  }

  clear(): void {
    this.#shown = [];
    this.#waiting = [];
    this.#lost = 0;
  }

  #trim(): void {
    // With room for the line that says what went.
    const over = this.#waiting.length - (this.#linesMax - 1);
    if (over <= 0) return;
    for (const line of this.#waiting.splice(0, over)) this.#lost += "entry" in line ? 1 : line.gap.dropped;
  }
}
