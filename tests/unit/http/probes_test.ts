import { assertEquals } from "@std/assert";
import { answerProbe } from "../../../src/http/probes.ts";
import { Health } from "../../../src/ops/health.ts";

/** A probe's answer, without a socket. */
function ask(health: Health, path: string, method = "GET"): Response {
  return answerProbe(health, new Request(`http://127.0.0.1:8080${path}`, { method }));
}

/** A source of which nothing is wrong. */
const FLOWING = { held: 0, openStreams: 2, withoutStreamMs: 0 };

async function readiness(health: Health): Promise<readonly [status: number, body: unknown]> {
  const response = ask(health, "/readyz");
  return [response.status, await response.json()];
}

function unavailable(reason: string, rest: Readonly<Record<string, number>> = {}): readonly [number, unknown] {
  return [503, { status: "unavailable", reason, held: 0, open_streams: 2, stored: 0, ...rest }];
}

const READY = [200, { status: "ok", reason: null, held: 0, open_streams: 2, stored: 0 }] as const;

Deno.test("/livez is 200 and ok whatever the monitor does", async () => {
  const health = new Health();
  health.database("away");
  health.draining();
  const response = ask(health, "/livez");
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
});

Deno.test("/readyz is 503 until messages are pulled, and from the drain on", async () => {
  const health = new Health();
  assertEquals(await readiness(health), unavailable("starting", { open_streams: 0 }));
  health.pulling(FLOWING);
  assertEquals(await readiness(health), READY);
  health.draining();
  assertEquals(await readiness(health), unavailable("draining"));
});

Deno.test("/readyz stays 503 where a drain came before the first pull", async () => {
  const health = new Health();
  health.draining();
  health.pulling(FLOWING);
  assertEquals(await readiness(health), unavailable("draining"));
});

Deno.test("/readyz is 503 while the database is away", async () => {
  const health = new Health();
  health.pulling({ ...FLOWING, held: 20_000 });
  health.database("away");
  assertEquals(await readiness(health), unavailable("the database is away", { held: 20_000 }));
  health.database("there");
  assertEquals((await readiness(health))[0], 200);
});

Deno.test("/readyz is 503 once streams are wanted and none was open for longer than a minute", async () => {
  const source = { held: 0, openStreams: 0, withoutStreamMs: 60_000 };
  const health = new Health();
  health.pulling(source);
  assertEquals((await readiness(health))[0], 200);
  source.withoutStreamMs++;
  assertEquals(await readiness(health), unavailable("no stream was open for a minute", { open_streams: 0 }));
});

Deno.test("/readyz is 200 at the cap, where no stream is wanted, and says what is held and stored", async () => {
  const health = new Health();
  health.pulling({ held: 20_000, openStreams: 0, withoutStreamMs: 0 });
  health.stored(4_999);
  health.stored(3);
  assertEquals(await readiness(health), [
    200,
    { status: "ok", reason: null, held: 20_000, open_streams: 0, stored: 5_002 },
  ]);
});

Deno.test("/readyz answers one line of JSON in the order that people read", async () => {
  const response = ask(new Health(), "/readyz");
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(
    await response.text(),
    '{"status":"unavailable","reason":"starting","held":0,"open_streams":0,"stored":0}\n',
  );
});

const answers: readonly (readonly [method: string, path: string, status: number, allow?: string])[] = [
  ["GET", "/livez?verbose", 200],
  ["GET", "/", 404],
  ["GET", "/readyz/", 404],
  ["GET", "//readyz", 404],
  ["GET", "/elsewhere?/readyz", 404],
  ["POST", "/elsewhere", 404],
  ["POST", "/livez", 405, "GET"],
  ["DELETE", "/readyz", 405, "GET"],
];
for (const [method, path, status, allow] of answers) {
  Deno.test(`${method} ${path} is ${status}, kept by no cache`, async () => {
    const response = ask(new Health(), path, method);
    assertEquals([response.status, response.headers.get("allow")], [status, allow ?? null]);
    assertEquals(response.headers.get("cache-control"), "no-store");
    await response.body?.cancel();
  });
}

Deno.test("answerProbe() answers a request whose Host header makes a URL that cannot be parsed", async () => {
  // The server hands them on as they are; a Request would refuse to be made of one.
  const request = { method: "GET", url: "http://a b/livez" } as Request;
  const response = answerProbe(new Health(), request);
  assertEquals([response.status, await response.text()], [200, "ok\n"]);
});
