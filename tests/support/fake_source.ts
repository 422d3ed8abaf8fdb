/**
 * A pipeline's source in a test's hands.
 *
 * @module
 */
import type { Source } from "../../src/pipeline.ts";
import type { Delivery, ReceivedMessage, Settlement } from "../../src/pubsub/delivery.ts";
import { SettlementLog } from "./deliveries.ts";
import { PushSource } from "./push_source.ts";

/** Yields deliveries of the messages that a test pushes, and keeps what becomes of them. */
export class FakeSource implements Source {
  readonly log: SettlementLog;
  /** `suspend` and `resume`, in the order of the calls. */
  readonly steering: ("suspend" | "resume")[] = [];
  readonly #groups = new PushSource<readonly Delivery[]>();

  /** @param onSettle Told of each settlement as it happens. */
  constructor(onSettle?: (delivery: Delivery, settlement: Settlement) => void) {
    this.log = new SettlementLog(onSettle);
  }

  /** How often a group was asked for. */
  get reads(): number {
    return this.#groups.reads;
  }

  /** Whether the iteration was left early. */
  get left(): boolean {
    return this.#groups.left;
  }

  /** Delivers messages together. */
  deliver(messages: readonly ReceivedMessage[]): readonly Delivery[] {
    const group = this.log.deliver(messages);
    this.#groups.push(group);
    return group;
  }

  end(): void {
    this.#groups.end();
  }

  fail(error: unknown): void {
    this.#groups.fail(error);
  }

  suspend(): void {
    this.steering.push("suspend");
  }

  resume(): void {
    this.steering.push("resume");
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Delivery[]> {
    return this.#groups[Symbol.asyncIterator]();
  }
}
