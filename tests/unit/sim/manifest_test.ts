import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Manifest, ManifestRecorder, mergeManifests, payloadDigest } from "../../../src/sim/manifest.ts";
import { manifestJson, parseManifest } from "../../../src/sim/manifest_json.ts";
import { manifestTable, severityTable } from "../../../src/sim/manifest_table.ts";

function recorded(options: { readonly listMessages: boolean } = { listMessages: true }): ManifestRecorder {
  const recorder = new ManifestRecorder(7, options);
  recorder.add("11", { state: "valid", serviceName: "bravo", severity: "info", payload: "a" });
  recorder.add("12", { state: "valid", serviceName: "alpha", severity: "fatal", payload: "" });
  recorder.add("13", { state: "malformed", reason: "too_large" });
  recorder.add("14", { state: "malformed", reason: "not_json" });
  recorder.spanned("2026-01-02 03:04:05.000000", "2026-01-02 03:04:06.500000");
  return recorder;
}

const EMPTY = new ManifestRecorder(0, { listMessages: true }).manifest();

Deno.test("payloadDigest() is the start of the SHA-256 of the UTF-8", () => {
  // The SHA-256 of no bytes, and of "abc", from FIPS 180-2's examples.
  assertEquals(payloadDigest(""), "e3b0c44298fc1c14");
  assertEquals(payloadDigest("abc"), "ba7816bf8f01cfea");
});

Deno.test("ManifestRecorder counts by service and severity, and by reason, both sorted", () => {
  const manifest = recorded().manifest();
  assertEquals(manifest.published, 4);
  assertEquals([...manifest.valid], [
    ["alpha", { debug: 0, info: 0, warn: 0, error: 0, fatal: 1 }],
    ["bravo", { debug: 0, info: 1, warn: 0, error: 0, fatal: 0 }],
  ]);
  assertEquals([...manifest.malformed], [["not_json", 1], ["too_large", 1]]);
});

Deno.test("ManifestRecorder spans from the earliest start to the latest end, in whatever order they come", () => {
  const recorder = recorded();
  recorder.spanned("2026-01-02 03:04:04.000000", "2026-01-02 03:04:05.500000");
  const { firstAt, lastAt } = recorder.manifest();
  assertEquals([firstAt, lastAt], ["2026-01-02 03:04:04.000000", "2026-01-02 03:04:06.500000"]);
});

Deno.test("ManifestRecorder hands out accounts that do not change afterwards", () => {
  const recorder = recorded();
  const before = recorder.manifest();
  const text = manifestJson(before);
  recorder.add("15", { state: "valid", serviceName: "alpha", severity: "fatal", payload: "" });
  assertEquals(manifestJson(before), text);
});

Deno.test("manifestJson() writes the same text whatever order services came in", () => {
  const reversed: Manifest = mergeManifests([
    { ...recorded().manifest(), valid: new Map([...recorded().manifest().valid].reverse()) },
  ]);
  assertEquals(manifestJson(reversed), manifestJson(recorded().manifest()));
});

Deno.test("manifestJson() is JSON of known keys, a listed message to a line", () => {
  const text = manifestJson(recorded().manifest());
  assertEquals(Object.keys(JSON.parse(text)), [
    "seeds",
    "published",
    "first_at",
    "last_at",
    "valid",
    "malformed",
    "messages",
  ]);
  assertStringIncludes(text, '\n    ["11","bravo","info","ca978112ca1bbdca"],\n');
  assertStringIncludes(text, '\n    ["13","too_large"],\n');
  assert(text.endsWith("\n}\n"));
});

for (
  const [name, manifest] of [
    ["with its messages", recorded().manifest()],
    ["without messages", recorded({ listMessages: false }).manifest()],
    ["of nothing", EMPTY],
    [
      "of services with the names of object members",
      (() => {
        const recorder = new ManifestRecorder(1, { listMessages: true });
        for (const serviceName of ["__proto__", "constructor", "7", "", '"'].filter((text) => text !== "")) {
          recorder.add(serviceName, { state: "valid", serviceName, severity: "warn", payload: serviceName });
        }
        return recorder.manifest();
      })(),
    ],
  ] as const
) {
  Deno.test(`parseManifest() reads back a manifest ${name}`, () => {
    assertEquals(parseManifest(manifestJson(manifest)), { ok: true, value: manifest });
  });
}

const GOOD = JSON.parse(manifestJson(recorded().manifest()));
for (
  const [text, problem] of [
    ["{", "is not JSON"],
    ["[]", "manifest is not an object"],
    ["{}", "valid is not an object"],
    [{ ...GOOD, published: -1 }, "published is not a whole number"],
    [{ ...GOOD, published: 5 }, "published is 5, but valid and malformed sum to 4"],
    [{ ...GOOD, messages: [] }, "published is 4, but 0 messages are listed"],
    [{ ...GOOD, messages: [1, 2, 3, 4] }, "message 1 is not a list"],
    [{ ...GOOD, messages: [["1"]] }, "message 1 has 1 parts"],
    [{ ...GOOD, messages: [["1", 2]] }, "message 1 has other than texts"],
    [{ ...GOOD, messages: [["1", "lost"]] }, "unknown reason: lost"],
    [{ ...GOOD, messages: [["1", "a", "loud", "ca978112ca1bbdca"]] }, "unknown severity: loud"],
    [{ ...GOOD, messages: [["1", "a", "info", "x"]] }, "bad digest: x"],
    [{ ...GOOD, valid: { alpha: { info: 1 } } }, 'debug of "alpha" is not a whole number'],
    [{ ...GOOD, malformed: { rejected_by_store: 1 } }, "unknown reason: rejected_by_store"],
    [{ ...GOOD, first_at: "soon" }, "first_at is not RFC 3339"],
    [{ ...GOOD, last_at: 5 }, "last_at is not a time"],
    [{ ...GOOD, seeds: 7 }, "seeds is not a list"],
  ] as const
) {
  Deno.test(`parseManifest() says that ${problem}`, () => {
    const parsed = parseManifest(typeof text === "string" ? text : JSON.stringify(text));
    assert(!parsed.ok);
    assertStringIncludes(parsed.problem, problem);
  });
}

Deno.test("mergeManifests() adds counts, spans all times and keeps the seeds", () => {
  const other = new ManifestRecorder(9, { listMessages: true });
  other.add("1", { state: "valid", serviceName: "alpha", severity: "fatal", payload: "x" });
  other.spanned("2026-01-02 03:04:05.900000", "2026-01-02 03:05:00.000000");
  const both = mergeManifests([recorded().manifest(), EMPTY, other.manifest()]);
  assertEquals(both.seeds, [7, 0, 9]);
  assertEquals(both.published, 5);
  assertEquals(both.valid.get("alpha")?.fatal, 2);
  assertEquals(both.malformed.get("too_large"), 1);
  assertEquals([both.firstAt, both.lastAt], ["2026-01-02 03:04:05.000000", "2026-01-02 03:05:00.000000"]);
  assertEquals(both.messages?.length, 5);
});

Deno.test("mergeManifests() lists messages only where all of them do", () => {
  const unlisted = recorded({ listMessages: false }).manifest();
  assertEquals(mergeManifests([recorded().manifest(), unlisted]).messages, undefined);
});

Deno.test("mergeManifests() of nothing is empty", () => {
  assertEquals(mergeManifests([]).published, 0);
});

Deno.test("manifestTable() aligns counts and sums them", () => {
  assertEquals(manifestTable(recorded().manifest()).split("\n"), [
    "service       debug  info  warn  error  fatal  total",
    "alpha             0     0     0      0      1      1",
    "bravo             0     1     0      0      0      1",
    "all services      0     1     0      0      1      2",
    "malformed: 1 not_json, 1 too_large",
    "published: 4 from 2026-01-02T03:04:05.000000Z to 2026-01-02T03:04:06.500000Z, seed 7",
  ]);
});

Deno.test("manifestTable() of nothing says so", () => {
  assertEquals(manifestTable(EMPTY).split("\n").slice(-2), ["malformed: none", "published: nothing, seed 0"]);
});

Deno.test("severityTable() shows some of many services and the sums of all", () => {
  const lines = severityTable(recorded().manifest().valid, { servicesMax: 1 });
  assertEquals(lines.map((line) => line.split(/\s{2,}/)[0]), ["service", "alpha", "... and 1 more", "all services"]);
  assert(lines.at(-1)!.endsWith("2"));
});
