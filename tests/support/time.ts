/**
 * Time that moves only when a test says so.
 *
 * @module
 */
import FakeTimers from "@sinonjs/fake-timers";

/** Where fake time starts: 2026-01-02T03:04:05Z, each part of it a different number. */
export const FAKE_START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

/**
 * Replaces `Date`, the timers, `performance.now()` and `AbortSignal.timeout()` by ones that stand still until
 * {@linkcode FakeTime.tickAsync} moves them. Microtasks, promises and `setImmediate` stay real, so that awaited
 * code still runs. One at a time: dispose it (`using`) before the test ends, which also drops the timers that
 * were never reached.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { FakeTime } from "./time.ts";
 *
 * using time = new FakeTime();
 * let rang = false;
 * setTimeout(() => rang = true, 1000);
 * await time.tickAsync(999);
 * assertEquals(rang, false);
 * await time.tickAsync(1);
 * assertEquals(rang, true);
 * ```
 */
export class FakeTime implements Disposable {
  readonly #clock: ReturnType<typeof FakeTimers.install>;
  readonly #signalTimeout = AbortSignal.timeout;
  #disposed = false;

  /** @param startMs What `Date.now()` says first, in milliseconds since 1970. */
  constructor(startMs: number = FAKE_START_MS) {
    this.#clock = FakeTimers.install({
      now: startMs,
      toFake: ["Date", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"],
    });
    // The library leaves AbortSignal alone, whose clock is the runtime's own.
    AbortSignal.timeout = timeoutSignal;
  }

  /** `Date.now()` of the fake clock. */
  get now(): number {
    return this.#clock.now;
  }

  /** Timers that wait, intervals included: 0 proves that a component cleaned up after itself. */
  get timers(): number {
    return this.#clock.countTimers();
  }

  /**
   * Moves time on, firing what falls due in order, and lets promises settle before and after every timer.
   *
   * @param ms 0 or more; 0 only lets promises settle and fires what is due now.
   */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Moves time to each next timer until none waits; for code whose number of waits does not matter. Never ends beside an interval. */
  async runAllAsync(): Promise<void> {
    await this.#clock.runAllAsync();
  }

  /**
   * Sets the wall clock without moving timers or `performance.now()`: what an operator or NTP does to a host.
   *
   * @param ms Milliseconds since 1970.
   */
  setWallClock(ms: number): void {
    this.#clock.setSystemTime(ms);
  }

  /** Puts real time back; idempotent. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    AbortSignal.timeout = this.#signalTimeout;
    this.#clock.uninstall();
  }
}

/** `AbortSignal.timeout` on whatever `setTimeout` is in force. */
function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new DOMException("Signal timed out.", "TimeoutError")), ms);
  return controller.signal;
}
