/**
 * How Pub/Sub is found: by IPv6 addresses, and past proxies.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms } from "../support/run_lms.ts";

for (const host of ["::1", "[::1]"]) {
  Deno.test(`lms emulator --host ${host} prints an address that lms pub and lms emu can use`, async () => {
    await using emulator = new LmsProcess(["emulator", "--port=0", `--host=${host}`], {});
    const { address } = await emulator.logged(({ msg }) => msg === "serving Pub/Sub");
    assertMatch(String(address), /^\[::1\]:\d+$/);
    const published = await runLms(["pub", "2"], { PUBSUB_EMULATOR_HOST: String(address) });
    assertEquals(published.code, 0, published.stderr);
    assertEquals(published.stdout.trimEnd().split("\n").length, 2);
    const received = await runLms(["emu", "1"], { PUBSUB_EMULATOR_HOST: String(address) });
    assertEquals(received.code, 0, received.stderr);
  });
}

/** Listens, and never says a word; whoever asks it for a connection waits. Counts who came. */
function silentProxy() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    get asked() {
      return connections.length;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of connections) connection.close();
    },
  };
}

Deno.test("lms mock asks no proxy for its own server, and lms pub none for an emulator", async () => {
  await using proxy = silentProxy();
  const env = { http_proxy: proxy.url, https_proxy: proxy.url, grpc_proxy: proxy.url };
  const mock = await runLms(["mock", "1", "--duration=10"], env);
  assertEquals(mock.code, 0, mock.stderr);
  await using emulator = new LmsProcess(["emulator", "--port=0"], env);
  const { address } = await emulator.logged(({ msg }) => msg === "serving Pub/Sub");
  const published = await runLms(["pub", "1"], { ...env, PUBSUB_EMULATOR_HOST: String(address) });
  assertEquals(published.code, 0, published.stderr);
  assertEquals(proxy.asked, 0);
});
