/**
 * Health checks over a real socket: of the monitor as a process of its own, and of what serves them.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { serveHealth } from "../../src/app/serve_health.ts";
import { answerProbe } from "../../src/http/probes.ts";
import { Health } from "../../src/ops/health.ts";
import { openLog } from "../../src/ops/logger.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { LmsProcess } from "../support/lms_process.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";
import { SilentServer } from "../support/silent_server.ts";

/** What a probe hears. */
async function probe(address: unknown, path: string) {
  const response = await fetch(`http://${address}${path}`);
  return { status: response.status, body: await response.text() };
}

/** Its `/readyz`, without the number of streams, which depends on who is asked first. */
async function readyz(address: unknown) {
  const { status, body } = await probe(address, "/readyz");
  const { reason, held, stored } = JSON.parse(body);
  return { status, reason, held, stored };
}

Deno.test("lms mon is alive throughout, not ready before its database is, ready then, and not ready while it drains", async () => {
  await using folder = await temporaryFolder();
  await using server = await FakeServer.start();
  const path = `${folder.path}/lms.db`;
  using locker = new DatabaseSync(path);
  // Without the write-ahead log a lock would keep the file from being opened at all.
  locker.exec("PRAGMA journal_mode = WAL; BEGIN IMMEDIATE");
  const env = { PUBSUB_EMULATOR_HOST: server.address, DATABASE_URL: `sqlite:${path}` };
  await using monitor = new LmsProcess(["mon", "--health-port=0"], {
    ...env,
    FLUSHINTERVAL: "300",
    GRACE: "600",
    LOG_LEVEL: "debug",
  });
  const { address } = await monitor.logged(({ msg }) => msg === "answering health checks");
  await monitor.logged(({ msg }) => msg === "waiting for the database");
  assertEquals(await readyz(address), { status: 503, reason: "starting", held: 0, stored: 0 });
  assertEquals(await probe(address, "/livez"), { status: 200, body: "ok\n" });

  // A proxy that the environment names is not asked.
  const asking = {
    HEALTHPORT: String(address).split(":").at(-1)!,
    HEALTHHOST: "0.0.0.0",
    http_proxy: "http://127.0.0.1:1",
  };
  const starting = await runLms(["health"], asking);
  assertEquals([starting.code, JSON.parse(starting.stdout).reason], [1, "starting"]);
  assertEquals((await runLms(["health", "--live"], asking)).code, 0);

  locker.exec("ROLLBACK");
  await server.waitFor(({ openStreams }) => openStreams > 0);
  assertEquals((await readyz(address)).status, 200);
  assertEquals((await runLms(["health"], asking)).code, 0);

  assertEquals((await runLms(["pub", "5"], env)).code, 0);
  await server.waitFor(({ delivered }) => delivered === 5);
  locker.exec("BEGIN IMMEDIATE");
  monitor.signal("SIGTERM");
  await monitor.logged(({ msg }) => msg === "draining");
  assertEquals(await readyz(address), { status: 503, reason: "draining", held: 5, stored: 0 });
  assertEquals(await probe(address, "/livez"), { status: 200, body: "ok\n" });

  locker.exec("ROLLBACK");
  const { code, stdout } = await monitor.ended();
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
  assertEquals(server.stats().acknowledged, 5);
  await assertRejects(() => probe(address, "/livez"), TypeError);
});

for (const [files, what] of [[256, "more idle connections than it takes"], [84, "no file left to open"]] as const) {
  Deno.test(`lms mon goes on with ${what} on its health port, and answers there once it can`, async () => {
    await using server = await FakeServer.start();
    await using monitor = new LmsProcess(
      ["mon", "--health-port=0"],
      { PUBSUB_EMULATOR_HOST: server.address, DATABASE_URL: "sqlite::memory:", FLUSHINTERVAL: "1" },
      { files },
    );
    const address = String((await monitor.logged(({ msg }) => msg === "answering health checks")).address);
    await server.waitFor(({ openStreams }) => openStreams > 0);
    {
      await using idle = new AsyncDisposableStack();
      const [hostname, port] = address.split(":");
      for (let i = 0; i < 400; i++) {
        const connection = await Deno.connect({ hostname: hostname!, port: Number(port) });
        idle.defer(() => connection.close());
      }
      if (files < 256) await monitor.logged(({ msg }) => msg.startsWith("cannot take connections"));
      else assertEquals(await probe(address, "/livez"), { status: 200, body: "ok\n" });
      assertEquals((await runLms(["pub", "5"], { PUBSUB_EMULATOR_HOST: server.address })).code, 0);
      await server.waitFor(({ acknowledged }) => acknowledged === 5);
    }
    assertEquals(await probe(address, "/livez"), { status: 200, body: "ok\n" });
    monitor.signal("SIGTERM");
    assertEquals((await monitor.ended()).code, 0);
  });
}

Deno.test("lms mon whose health port is taken exits 1, with one line that names the setting and the remedy", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { code, stdout, stderr } = await runLms(["mon", `--health-port=${port}`], {
    PUBSUB_EMULATOR_HOST: "127.0.0.1:1",
    DATABASE_URL: "sqlite::memory:",
  });
  assertEquals({ code, stdout, lines: stderr.trimEnd().split("\n").length }, { code: 1, stdout: "", lines: 1 });
  assertEquals(
    JSON.parse(stderr).msg,
    `Cannot answer health checks on 127.0.0.1:${port}: another program listens there; ` +
      "set --health-port (HEALTHPORT) to a port that is free, or to 0",
  );
});

Deno.test("lms mon whose health host is not this machine's exits 1, and names that setting", async () => {
  // A name and an address that are reserved for documentation.
  for (const host of ["health.invalid", "203.0.113.9"]) {
    const { code, stderr } = await runLms(["mon"], {
      PUBSUB_EMULATOR_HOST: "127.0.0.1:1",
      DATABASE_URL: "sqlite::memory:",
      HEALTHPORT: "0",
      HEALTHHOST: host,
    });
    assertEquals(code, 1);
    const { msg } = JSON.parse(stderr);
    assert(msg.startsWith(`Cannot answer health checks on ${host}:0: `), stderr);
    assert(
      msg.endsWith("; set --health-host (HEALTHHOST) to an address of this machine, such as 127.0.0.1 or 0.0.0.0"),
    );
    assertEquals(stderr.split("\n").length, 2);
  }
});

function canListenOn(hostname: string): boolean {
  try {
    Deno.listen({ hostname, port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

/** Serves health checks in this process. */
function serve(healthPort: number | undefined, healthHost = "127.0.0.1") {
  const records: Record<string, unknown>[] = [];
  const log = openLog({ level: "debug", format: "json", write: (line) => void records.push(JSON.parse(line)) });
  const probes = serveHealth({ healthPort, healthHost }, {
    answer: (request) => answerProbe(new Health(), request),
    log,
  });
  return { records, address: String(records[0]?.address), [Symbol.asyncDispose]: () => probes[Symbol.asyncDispose]() };
}

Deno.test("serveHealth() listens nowhere without a port", async () => {
  await using served = serve(undefined);
  assertEquals(served.records, []);
});

for (const [host, shown] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"]] as const) {
  Deno.test({
    name: `serveHealth() on ${host} logs an address that can be asked`,
    ignore: !canListenOn(host), // Some containers have no IPv6.
    fn: async () => {
      await using served = serve(0, host);
      assertEquals(served.address.replace(/\d+$/, "PORT"), `${shown}:PORT`);
      assertEquals((await probe(served.address, "/livez")).status, 200);
    },
  });
}

Deno.test("serveHealth() answers a request with any Host header", async () => {
  await using served = serve(0);
  const [hostname, port] = served.address.split(":");
  using connection = await Deno.connect({ hostname: hostname!, port: Number(port) });
  await connection.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"));
  assert((await new Response(connection.readable).text()).startsWith("HTTP/1.1 200 OK\r\n"));
});

Deno.test("serveHealth() ends at once, whatever a client has begun to ask", async () => {
  const served = serve(0);
  const [hostname, port] = served.address.split(":");
  using connection = await Deno.connect({ hostname: hostname!, port: Number(port) });
  await connection.write(new TextEncoder().encode("GET /livez HTTP/1.1\r\nHost: a\r\n\r\nGET /liv"));
  assert(await connection.read(new Uint8Array(1_000)));
  await served[Symbol.asyncDispose]();
  assertEquals(await connection.read(new Uint8Array(1_000)).catch(() => null), null);
});

Deno.test("lms health says what to set where it knows no port, and exits 1 where nobody answers", async () => {
  const without = await runLms(["health"], {});
  assertEquals(without.code, 2);
  assertStringIncludes(without.stderr, "--health-port (HEALTHPORT)");
  await using silent = new SilentServer();
  for (
    const [port, reason] of [["1", /ECONNREFUSED/], [silent.address.split(":")[1]!, /no answer within 3 s/]] as const
  ) {
    const { code, stdout, stderr } = await runLms(["health"], { HEALTHPORT: port });
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, reason);
    assertStringIncludes(stderr, `is \\"lms mon\\" running`);
  }
});
