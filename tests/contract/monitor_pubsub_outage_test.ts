/**
 * What an operator hears of `lms mon` while Pub/Sub is away.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { TcpProxy } from "../support/tcp_proxy.ts";
import { publish, RunningMonitor, startPubSub, untilAcknowledged } from "./monitor_fixture.ts";

Deno.test("lms mon tells within 5 s that Pub/Sub is away, since when and why, and that it is back", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lms_away_" });
  try {
    await using pubsub = await startPubSub();
    await using proxy = new TcpProxy({ hostname: "127.0.0.1", port: Number(pubsub.address.split(":")[1]) });
    await using monitor = new RunningMonitor({
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${proxy.port}`,
      DATABASE_URL: `sqlite:${folder}/lms.db`,
    });
    publish(pubsub, { from: 0, count: 10 });
    await untilAcknowledged(pubsub, 10);
    proxy.silent = true;
    const cutAt = Date.now();
    proxy.cut();
    const { level, since, attempts, reason } = await monitor.untilLogged("waiting for Pub/Sub: nothing is pulled");
    assertEquals([level, typeof attempts, typeof reason], ["error", "number", "string"]);
    assert(Math.abs(Date.parse(String(since)) - cutAt) < 2_000, `since ${since}`);
    proxy.silent = false;
    // Those that were accepted meanwhile lead nowhere; the monitor leaves them by itself.
    publish(pubsub, { from: 10, count: 10 });
    await untilAcknowledged(pubsub, 20);
    const { after_ms } = await monitor.untilLogged("Pub/Sub is back");
    assert(Number(after_ms) >= 4_000);
    monitor.stop();
    assertEquals(await monitor.ended, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
