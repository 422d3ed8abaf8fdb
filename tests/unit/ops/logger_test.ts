import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Log, type LogFormat, type LogLevel, openLog } from "../../../src/ops/logger.ts";
import { FakeTime } from "../../support/time.ts";

/** A log and the lines it has written. */
function logged(format: LogFormat, level: LogLevel = "debug"): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: openLog({ level, format, write: (line) => lines.push(line) }), lines };
}

function json(fields: Record<string, unknown>): Record<string, unknown> {
  const { log, lines } = logged("json");
  log.info("said", fields);
  assertEquals(lines.length, 1);
  return JSON.parse(lines[0]!);
}

/** What a text line says after its time. */
function text(message: string, fields?: Record<string, unknown>): string {
  const { log, lines } = logged("text");
  log.info(message, fields);
  assertEquals(lines.length, 1);
  return lines[0]!.slice("2026-01-02T03:04:05.000Z ".length);
}

const LEVELS = ["debug", "info", "warn", "error"] as const;
for (const [rank, level] of LEVELS.entries()) {
  Deno.test(`openLog() at level ${level} leaves out what is below, in every format`, () => {
    for (const format of ["text", "json", "gcp"] as const) {
      const { log, lines } = logged(format, level);
      for (const each of LEVELS) log[each](`a ${each} record`);
      assertEquals(lines.map((line) => LEVELS.find((each) => line.includes(`a ${each} record`))), LEVELS.slice(rank));
    }
  });
}

Deno.test("a text line says when, how serious, what, and the fields", () => {
  using _time = new FakeTime();
  const { log, lines } = logged("text");
  log.info("flushed", { size: 10, trigger: "count", full: true, at: new Date(0), rest: undefined, none: null });
  log.error("failed");
  assertEquals(lines, [
    "2026-01-02T03:04:05.000Z INFO  flushed size=10 trigger=count full=true at=1970-01-01T00:00:00.000Z none=null",
    "2026-01-02T03:04:05.000Z ERROR failed",
  ]);
});

Deno.test("a JSON line has time, level, msg and the fields", () => {
  using _time = new FakeTime();
  const { log, lines } = logged("json");
  log.warn("slow", { ms: 12.5, service: "alpha", sizes: [1, 2], rest: undefined });
  assertEquals(lines, [
    '{"time":"2026-01-02T03:04:05.000Z","level":"warn","msg":"slow","ms":12.5,"service":"alpha","sizes":[1,2]}',
  ]);
});

Deno.test("a JSON line keeps its own keys when fields have the same names", () => {
  const record = json({ msg: "mine", level: 5, time: 6 });
  assertEquals([record.msg, record.level], ["said", "info"]);
  assertEquals([record.msg_, record.level_, record.time_], ["mine", 5, 6]);
});

Deno.test("a line for Cloud Logging has its severity, message and timestamp, and the fields", () => {
  using _time = new FakeTime();
  const { log, lines } = logged("gcp");
  log.warn("slow", { ms: 12.5, rest: undefined });
  assertEquals(lines, [
    '{"severity":"WARNING","message":"slow","timestamp":{"seconds":1767323045,"nanos":0},"ms":12.5}',
  ]);
  for (const level of ["debug", "info", "error"] as const) log[level](level);
  log.block("plan", { writers: 2 });
  const records = lines.slice(1).map((line) => JSON.parse(line));
  assertEquals(records.map(({ severity }) => severity), ["DEBUG", "INFO", "ERROR", "INFO"]);
  assertEquals(records.at(-1).writers, 2);
});

Deno.test("a line for Cloud Logging has milliseconds as nanoseconds, before 1970 too", () => {
  const timestampOf = (ms: number) => {
    using _time = new FakeTime(ms);
    const { log, lines } = logged("gcp");
    log.info("said");
    return JSON.parse(lines[0]!).timestamp;
  };
  assertEquals(timestampOf(1_767_323_045_678), { seconds: 1_767_323_045, nanos: 678_000_000 });
  assertEquals(timestampOf(-1), { seconds: -1, nanos: 999_000_000 });
});

Deno.test("a line for Cloud Logging lets no field be read as one of Cloud Logging's own", () => {
  const { log, lines } = logged("gcp");
  const names = ["severity", "message", "time", "timestamp", "httpRequest", "logging.googleapis.com/trace"];
  log.info("said", { ...Object.fromEntries(names.map((name) => [name, "mine"])), msg: "also" });
  const { severity, message, timestamp, msg, ...rest } = JSON.parse(lines[0]!);
  assertEquals([severity, message, typeof timestamp.seconds, msg], ["INFO", "said", "number", "also"]);
  assertEquals(rest, Object.fromEntries(names.map((name) => [`${name}_`, "mine"])));
});

Deno.test("child() adds its fields to every record, its parent's too, and a record's own win", () => {
  const { log, lines } = logged("text");
  const child = log.child({ part: "writer", n: 1 }).child({ n: 2 });
  child.info("a");
  child.info("b", { n: 3 });
  log.info("c");
  assertEquals(lines.map((line) => line.slice(31)), ["a part=writer n=2", "b part=writer n=3", "c"]);
});

Deno.test("no value and no message can begin a line, hide one, or turn its direction, in either format", () => {
  const hostile = "a\nb\r\n\u001b[2J\u0085\u2028\u2029\u202e\u2066\0\u007f\u009b31m\ufeff\t";
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logged(format);
    log.info(hostile, {
      value: hostile,
      [hostile]: hostile,
      error: new Error(hostile),
      nested: { [hostile]: [hostile] },
    });
    assertEquals(lines.length, 1);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e\u2066\ufeff]/.test(lines[0]!), false, lines[0]);
  }
});

Deno.test("a JSON line gives hostile text back exactly", () => {
  const hostile = 'a\nb\r\n\u001b[2J\u0085\u2028\u202e\\n"';
  assertEquals(json({ value: hostile }).value, hostile);
});

Deno.test("a text value that could be taken for several fields is quoted", () => {
  assertEquals(text("x", { a: "1 b=2", c: "", d: 'say "hi"' }), 'INFO  x a="1 b=2" c="" d="say \\"hi\\""');
});

Deno.test("an error is written with its causes: nested in JSON, as a sentence in text", () => {
  const lost = Object.assign(new Error("connection lost"), { code: "ECONNRESET" });
  const error = new TypeError("Cannot write batch", { cause: new Error("gave up", { cause: lost }) });
  assertEquals(json({ error }).error, {
    name: "TypeError",
    message: "Cannot write batch",
    cause: {
      name: "Error",
      message: "gave up",
      cause: { name: "Error", message: "connection lost", code: "ECONNRESET" },
    },
  });
  assertEquals(
    text("failed", { error }),
    'INFO  failed error="TypeError: Cannot write batch; caused by Error: gave up; caused by Error: connection lost"',
  );
});

Deno.test("an error that is its own cause, or holds several, ends", () => {
  const circular = new Error("again");
  circular.cause = circular;
  assertStringIncludes(text("x", { circular }), "again");
  assertStringIncludes(JSON.stringify(json({ circular })), "again");
  assertEquals(json({ both: new AggregateError([new Error("one"), "two"], "two failed") }).both, {
    name: "AggregateError",
    message: "two failed",
    errors: [{ name: "Error", message: "one" }, "two"],
  });
});

Deno.test("values that JSON lacks are written as text", () => {
  const circular: Record<string, unknown> = { n: 1 };
  circular.self = circular;
  const record = json({
    big: 2n ** 64n,
    nan: NaN,
    symbol: Symbol("s"),
    bytes: new Uint8Array(3),
    map: new Map([["a", 1]]),
    set: new Set([1]),
    bad: new Date(NaN),
    half: "\ud800",
    getter: {
      get broken() {
        throw new Error("no");
      },
    },
    circular,
  });
  assertEquals(record.big, "18446744073709551616");
  assertEquals(record.nan, "NaN");
  assertEquals(record.symbol, "Symbol(s)");
  assertEquals(record.bytes, "3 bytes");
  assertEquals(record.map, { a: 1 });
  assertEquals(record.set, [1]);
  assertEquals(record.bad, "Invalid Date");
  assertEquals(record.half, "\ud800");
  assertEquals(record.getter, "(unreadable)");
  assertStringIncludes(JSON.stringify(record.circular), '"n":1');
});

Deno.test("a line stays bounded when values are huge", () => {
  const fields = {
    text: "x".repeat(1_000_000),
    list: Array(100_000).fill(7),
    deep: JSON.parse("[".repeat(999) + "]".repeat(999)),
  };
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logged(format);
    log.info("x".repeat(1_000_000), fields);
    assert(lines[0]!.length < 10_000, String(lines[0]!.length));
    assertStringIncludes(lines[0]!, "… and 99980 more");
  }
});

Deno.test("passwords are not written, wherever they stand", () => {
  const url = "mysql://lms:s3cr/e:t@@db.example:3306/lms?ssl=true";
  const error = new Error(`Cannot connect to ${url}`, { cause: `tried ${url}` });
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logged(format);
    log.child({ bound: url }).info(`opening ${url}`, {
      url,
      error,
      list: [{ url }],
      [`k ${url}`]: 1,
      password: "s3cr",
    });
    assertEquals(lines[0]!.includes("s3cr"), false, lines[0]);
    assertStringIncludes(lines[0]!, "mysql://lms:***@db.example:3306/lms?ssl=true");
  }
});

Deno.test("a log whose reader has gone away does not throw, and a message with placeholders stays as it is", () => {
  const log = openLog({
    level: "debug",
    format: "text",
    write: () => {
      throw new Deno.errors.BrokenPipe();
    },
  });
  log.error("unheard");
  assertEquals(text("100 %s {size}", { size: 1 }), "INFO  100 %s {size} size=1");
});
