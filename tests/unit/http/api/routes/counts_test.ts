import { assertEquals, assertMatch } from "@std/assert";
import { openApi, type TestApi } from "../../../../support/api.ts";
import { readEntry } from "../../../../support/memory_log_queries.ts";
import { FakeTime } from "../../../../support/time.ts";

/** `alpha` twice as warning, `beta` and `gamma` once as info, a minute apart, the last at the fake clock's start. */
function fill({ queries }: TestApi): void {
  queries.entries.push(
    ...(["alpha", "alpha", "beta", "gamma"] as const).map((serviceName, i) =>
      readEntry({
        serviceName,
        severity: serviceName === "alpha" ? "warn" : "info",
        publishTime: `2026-01-02 03:0${i + 1}:00.000000`,
        messageId: String(i),
      })
    ),
  );
}

Deno.test("GET /v1/services pages through services by name", async () => {
  await using test = await openApi();
  fill(test);
  const first = await test.json("/v1/services?limit=2");
  assertEquals(first, {
    services: [
      { service_name: "alpha", total: 2, severities: { warn: 2 }, last_seen: "2026-01-02T03:02:00.000000Z" },
      { service_name: "beta", total: 1, severities: { info: 1 }, last_seen: "2026-01-02T03:03:00.000000Z" },
    ],
    next: "beta",
  });
  const { services, next } = await test.json("/v1/services?limit=2&after=beta");
  assertEquals([(services as { service_name: string }[]).map((one) => one.service_name), next], [["gamma"], null]);
  assertEquals((await test.json("/v1/services?prefix=g")).next, null);
});

Deno.test("GET /v1/severity counts all, or a query and a range", async () => {
  using _time = new FakeTime();
  await using test = await openApi();
  fill(test);
  assertEquals((await test.json("/v1/severity")).counts, [
    { service_name: "alpha", severity: "warn", count: 2 },
    { service_name: "beta", severity: "info", count: 1 },
    { service_name: "gamma", severity: "info", count: 1 },
  ]);
  assertEquals((await test.json("/v1/severity?query=severity:info&since=30s")).total, 1);
  const { total, covered } = await test.json("/v1/severity?to=2026-01-02T03:02Z");
  assertEquals([total, covered], [1, { from: "1970-01-01T00:00:00.000000Z", to: "2026-01-02T03:02:00.000000Z" }]);
});

Deno.test("GET /v1/histogram counts the last hour by the minute, by severity", async () => {
  using _time = new FakeTime();
  await using test = await openApi();
  fill(test);
  const { bucket_seconds, buckets, series, total, covered } = await test.json("/v1/histogram") as {
    bucket_seconds: number;
    buckets: unknown[];
    series: { name: string; total: number; counts: number[] }[];
    total: number;
    covered: unknown;
  };
  assertEquals([bucket_seconds, buckets.length, total], [60, 61, 4]);
  assertEquals(series.map(({ name, total }) => [name, total]), [
    ["debug", 0],
    ["info", 2],
    ["warn", 2],
    ["error", 0],
    ["fatal", 0],
  ]);
  assertEquals(covered, { from: "2026-01-02T02:04:00.000000Z", to: "2026-01-02T03:04:05.000000Z" });
});

Deno.test("GET /v1/histogram and /v1/severity begin with a whole minute an hour ago and more", async () => {
  using time = new FakeTime();
  await using test = await openApi();
  await time.tickAsync(12_345);
  for (const path of ["histogram?", "histogram?since=1h&", "severity?from=-1h&"]) {
    assertEquals((await test.json(`/v1/${path}query=service:alpha`)).covered, {
      from: "2026-01-02T02:04:00.000000Z",
      to: "2026-01-02T03:04:17.345000Z",
    }, path);
  }
  const { covered } = await test.json("/v1/histogram?since=5m");
  assertEquals((covered as { from: string }).from, "2026-01-02T02:59:17.345000Z");
});

Deno.test("GET /v1/histogram takes its range from the query too, its width, and series by service", async () => {
  using _time = new FakeTime();
  await using test = await openApi();
  fill(test);
  const answer = await test.json(
    "/v1/histogram?query=after:2026-01-02T03:00Z%20before:2026-01-02T03:06Z&bucket=2m&by=service&series=1",
  );
  assertEquals((answer.buckets as unknown[]).length, 3);
  assertEquals(answer.series, [{ name: "alpha", total: 2, counts: [1, 1, 0] }, {
    name: null,
    total: 2,
    counts: [0, 1, 1],
  }]);
});

Deno.test("GET /v1/histogram says which width there is instead", async () => {
  using _time = new FakeTime();
  await using test = await openApi();
  const problem = await test.json("/v1/histogram?since=1d&bucket=1m");
  assertMatch(
    `${problem.detail}; ${problem.remedy}`,
    /^The range has 1441 buckets of 1m, over 100; ask for 15m or wider/,
  );
  assertEquals((await test.json("/v1/histogram?from=1000-01-01&to=9999-12-31")).field, "from");
  assertEquals((await test.json("/v1/histogram?from=9999-12-31")).field, "from");
  assertEquals((await test.json("/v1/histogram?to=1000-01-01")).field, "from");
});
