import { assertEquals } from "@std/assert";
import { healthObserver } from "../../../src/app/health_observer.ts";
import { Health } from "../../../src/ops/health.ts";
import { StoreError } from "../../../src/store/store.ts";

Deno.test("healthObserver() makes health ready, away, back and draining, as the monitor is", () => {
  const health = new Health();
  const observer = healthObserver(health);
  const reasons = [health.readiness().reason];
  const then = () => reasons.push(health.readiness().reason);
  observer.pulling?.({ held: 0, heldBytes: 0, openStreams: 1, withoutStreamMs: 0 });
  then();
  const error = new StoreError("Cannot write batch", { disposition: "reconnect", cause: undefined });
  observer.away?.({ forMs: 0, attempts: 1, error });
  then();
  observer.back?.(1_000);
  then();
  observer.ending?.();
  then();
  assertEquals(reasons, ["starting", null, "the database is away", null, "draining"]);
});
