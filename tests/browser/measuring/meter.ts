/**
 * From an input to the picture of its answer, in the page's own clock: rows, and the histogram's bars.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** What it took, in milliseconds. */
export interface Took {
  /** From the input to the picture. */
  readonly ms: number;
  /** Of this, from asking the API to its answer. */
  readonly apiMs: number;
}

/** What the answer's parts took. */
export interface Painted {
  readonly rows: Took;
  /** `undefined` where the view has none. */
  readonly bars: Took | undefined;
}

/** Milliseconds until lines of a tail were painted, by when the page received them and when they were stored. */
export interface LinesPainted {
  readonly received: readonly number[];
  readonly stored: readonly number[];
}

/** A page that measures itself. Its first measurement began when it was opened. */
export class Meter {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Of a page that has not gone anywhere yet. */
  static async on(page: Page): Promise<Meter> {
    await page.addInitScript(install);
    return new Meter(page);
  }

  /** From the next such event on. */
  async from(event: "keydown" | "mouseup" | "click" | "change"): Promise<void> {
    await this.#page.evaluate((event) => (globalThis as unknown as InPage).lmsMeter.from(event), event);
  }

  /** Waits until what was asked for since then is on the screen. */
  async painted({ bars = true }: { readonly bars?: boolean } = {}): Promise<Painted> {
    await this.#page.waitForFunction((bars) => (globalThis as unknown as InPage).lmsMeter.isPainted(bars), bars, {
      polling: 50,
    });
    return await this.#page.evaluate(() => (globalThis as unknown as InPage).lmsMeter.told());
  }

  /** Of all parts of tails so far. */
  async lines(): Promise<LinesPainted> {
    return await this.#page.evaluate(() => (globalThis as unknown as InPage).lmsMeter.lines);
  }
}

interface InPage {
  readonly lmsMeter: {
    from(event: string): void;
    isPainted(bars: boolean): boolean;
    told(): Painted;
    readonly lines: { readonly received: number[]; readonly stored: number[] };
  };
}

/** Runs in the page, before its own scripts. */
function install(): void {
  // deno-lint-ignore no-explicit-any
  const page = globalThis as any;
  const lines = { received: [] as number[], stored: [] as number[] };
  let received: { readonly atMs: number; readonly storedMs: number } | undefined;
  type Part = { askedMs?: number; answeredMs?: number; changed: boolean; paintedMs?: number };
  const part = (): Part => ({ changed: false });
  let now = { inputMs: 0 as number | undefined, rows: part(), bars: part() };

  const afterPaint = (then: () => void) => page.requestAnimationFrame(() => page.setTimeout(then));
  const changed = (one: Part) => {
    if (one.answeredMs === undefined || one.changed) return;
    one.changed = true;
    afterPaint(() => one.paintedMs = page.performance.now());
  };

  const { fetch, CanvasRenderingContext2D: { prototype: canvas } } = page;
  page.fetch = async (path: string, init: unknown) => {
    const { pathname } = new URL(path, page.location.href);
    const one = pathname.endsWith("/v1/logs") ? now.rows : pathname.endsWith("/v1/histogram") ? now.bars : undefined;
    if (one !== undefined && now.inputMs !== undefined) one.askedMs = page.performance.now();
    const response = await fetch(path, init);
    const json = response.json.bind(response);
    response.json = async () => {
      const value = await json();
      if (one?.askedMs !== undefined) one.answeredMs ??= page.performance.now();
      return value;
    };
    return response;
  };
  const { clearRect } = canvas;
  canvas.clearRect = function (...args: unknown[]) {
    changed(now.bars);
    return clearRect.apply(this, args);
  };
  new page.MutationObserver((all: { target: { parentElement: unknown; closest?: (path: string) => unknown } }[]) => {
    if (
      !all.some(({ target }) => (target.closest ? target : target.parentElement as typeof target)?.closest?.("main"))
    ) {
      return;
    }
    const list = page.document.querySelector(".split .row[data-key], .split .empty");
    if (list !== null) changed(now.rows);
    if (received === undefined || list === null) return;
    const { atMs, storedMs } = received;
    received = undefined;
    afterPaint(() => {
      lines.received.push(page.performance.now() - atMs);
      lines.stored.push(page.Date.now() - storedMs);
    });
  }).observe(page.document, { childList: true, characterData: true, attributes: true, subtree: true });
  const { prototype: reader } = page.ReadableStreamDefaultReader;
  const { read } = reader;
  reader.read = async function () {
    const result = await read.call(this);
    const last = typeof result.value === "string" ? result.value.lastIndexOf('"created_at":"') : -1;
    if (last >= 0) {
      received ??= { atMs: page.performance.now(), storedMs: Date.parse(result.value.slice(last + 14, last + 41)) };
    }
    return result;
  };
  page.lmsMeter = {
    lines,
    from: (event: string) => {
      now = { inputMs: undefined, rows: part(), bars: part() };
      page.addEventListener(event, ({ timeStamp }: { timeStamp: number }) => now.inputMs = timeStamp, {
        capture: true,
        once: true,
      });
    },
    isPainted: (bars: boolean) => now.rows.paintedMs !== undefined && (!bars || now.bars.paintedMs !== undefined),
    told: () => {
      const took = ({ askedMs, answeredMs, paintedMs }: Part) =>
        paintedMs === undefined ? undefined : { ms: paintedMs - now.inputMs!, apiMs: answeredMs! - askedMs! };
      return { rows: took(now.rows)!, bars: took(now.bars) };
    },
  };
}
