import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareKeys, type LogEntry } from "../../../src/entry/entry.ts";
import { countByTime, MinuteServices } from "../../../src/store/counts.ts";
import { entries, entry } from "../../support/entries.ts";

const at = (publishTime: string, serviceName: string, severity: LogEntry["severity"] = "info") =>
  entry({ publishTime: `${publishTime}.000000`, serviceName, severity });

Deno.test("countByTime() counts by service and severity, sorted by both, with odd names too", () => {
  const of = (serviceName: string, severity: "info" | "fatal" | "debug") => entry({ serviceName, severity });
  const list = [of("b", "fatal"), of("__proto__", "info"), of("b", "debug"), of("a", "info"), of("b", "fatal")];
  assertEquals(countByTime(list, new MinuteServices()).totals, [
    { serviceName: "__proto__", severity: "info", count: 1 },
    { serviceName: "a", severity: "info", count: 1 },
    { serviceName: "b", severity: "debug", count: 1 },
    { serviceName: "b", severity: "fatal", count: 2 },
  ]);
});

Deno.test("countByTime() counts each minute and each hour, over midnight", () => {
  const list = [
    at("2026-01-02 23:58:59", "a"),
    at("2026-01-02 23:59:00", "b"),
    at("2026-01-02 23:59:59", "a"),
    at("2026-01-03 00:00:00", "a"),
  ];
  const { minutes, hours } = countByTime(list, new MinuteServices());
  assertEquals(minutes.map(({ time, serviceName, count }) => [time, serviceName, count]), [
    ["2026-01-02 23:58:00", "a", 1],
    ["2026-01-02 23:59:00", "a", 1],
    ["2026-01-02 23:59:00", "b", 1],
    ["2026-01-03 00:00:00", "a", 1],
  ]);
  assertEquals(hours.map(({ time, serviceName, count }) => [time, serviceName, count]), [
    ["2026-01-02 23:00:00", "a", 2],
    ["2026-01-02 23:00:00", "b", 1],
    ["2026-01-03 00:00:00", "a", 1],
  ]);
});

Deno.test("countByTime() names so many services a day in its minutes, and counts further ones together", () => {
  const services = new MinuteServices(2);
  const day = ["a", "b", "c", "d", "a"].map((name) => at("2026-01-02 03:04:05", name));
  const { minutes, hours } = countByTime(day, services);
  assertEquals(minutes.map(({ serviceName, count }) => [serviceName, count]), [["", 2], ["a", 2], ["b", 1]]);
  assertEquals(hours.map(({ serviceName, count }) => [serviceName, count]), [["a", 2], ["b", 1], ["c", 1], ["d", 1]]);
  const next = countByTime([at("2026-01-02 05:00:00", "c"), at("2026-01-03 00:00:00", "c")], services).minutes;
  assertEquals(next.map(({ serviceName }) => serviceName), ["", "c"]);
});

Deno.test("countByTime() three times counts the same entries", () => {
  fc.assert(fc.property(fc.array(entries(), { maxLength: 30 }), (list) => {
    const { minutes, hours, totals } = countByTime(list.toSorted(compareKeys), new MinuteServices(3));
    const sums = [minutes, hours, totals].map((counts) => counts.reduce((sum, { count }) => sum + count, 0));
    assertEquals(sums, [list.length, list.length, list.length]);
    for (const counts of [minutes, hours]) {
      const times = counts.map(({ time }) => time);
      assertEquals(times, times.toSorted());
    }
  }));
});
