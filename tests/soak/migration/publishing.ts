/**
 * Publishes into the embedded server at a steady rate, and keeps account.
 *
 * @module
 */
import type { FakeServer } from "../../../src/emulator/fake_server.ts";
import { ManifestRecorder } from "../../../src/sim/manifest.ts";
import { traffic } from "../../../src/sim/traffic.ts";

/** How often, in milliseconds. */
const TICK_MS = 100;

/** Published messages; disposing ends it. */
export class Publishing implements Disposable {
  readonly recorder: ManifestRecorder;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Begins at once. */
  constructor(
    pubsub: FakeServer,
    { topic, seed, rate }: { readonly topic: string; readonly seed: number; readonly rate: number },
  ) {
    const recorder = new ManifestRecorder(seed, { listMessages: true });
    this.recorder = recorder;
    const messages = traffic({ seed, services: 20, malformedShare: 0.01 });
    const startedAt = performance.now();
    let due = 0;
    // What a tick is late is made up by the next one.
    this.#timer = setInterval(() => {
      const wanted = Math.floor((performance.now() - startedAt) / 1_000 * rate);
      const batch = messages.take(wanted - due);
      due = wanted;
      const ids = pubsub.publish(topic, batch);
      for (const [i, { expected }] of batch.entries()) recorder.add(ids[i]!, expected);
    }, TICK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
