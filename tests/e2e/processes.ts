/**
 * Several programs at once.
 *
 * @module
 */
import type { LmsProcess } from "../support/lms_process.ts";

/** Processes that end together. */
export class Processes implements AsyncDisposable {
  readonly #processes: readonly LmsProcess[];

  constructor(processes: readonly LmsProcess[]) {
    this.#processes = processes;
  }

  ended(): ReturnType<typeof Promise.all<Awaited<ReturnType<LmsProcess["ended"]>>[]>> {
    return Promise.all(this.#processes.map((process) => process.ended()));
  }

  /** Resolves when one of them fails; never when none does. */
  failed(): Promise<void> {
    return new Promise((resolve) => {
      for (const process of this.#processes) process.ended().then(({ code }) => code !== 0 && resolve());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process[Symbol.asyncDispose]()));
  }
}
