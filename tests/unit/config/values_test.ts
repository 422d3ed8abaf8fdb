import { assertEquals } from "@std/assert";
import {
  anyText,
  byteSize,
  decimal,
  duration,
  either,
  filePath,
  formatBytes,
  formatDuration,
  hostAndPort,
  listenAddress,
  matching,
  oneOf,
  type Reader,
  wholeNumber,
} from "../../../src/config/values.ts";

interface Case {
  readonly name: string;
  readonly read: Reader<unknown>;
  readonly taken: readonly (readonly [text: string, value: unknown])[];
  readonly refused: readonly string[];
  readonly allowed: string;
}

const cases: readonly Case[] = [
  {
    name: "wholeNumber()",
    read: wholeNumber(1, 64),
    taken: [["1", 1], ["64", 64], ["007", 7]],
    refused: ["", "0", "65", "-1", "+1", "1.0", "1e1", "0x10", " 1", "1 ", "one", "9".repeat(20), "٣"],
    allowed: "a whole number from 1 to 64",
  },
  {
    name: "decimal()",
    read: decimal(0, 1),
    taken: [["0", 0], ["1", 1], ["0.25", 0.25]],
    refused: ["", "1.01", "-0.1", ".5", "1.", "1e-1", "NaN", "0,5"],
    allowed: "a number from 0 to 1",
  },
  {
    name: "duration()",
    read: duration(500, 7_200_000),
    taken: [["1", 1_000], ["1.5", 1_500], ["500ms", 500], ["90s", 90_000], ["5m", 300_000], ["2h", 7_200_000], [
      "0.05d",
      4_320_000,
    ]],
    refused: ["", "0", "499ms", "2.1h", "1d", "1 s", "s", "-1s", "1S", "Infinity"],
    allowed: "seconds, or a number with ms, s, m, h or d, from 500ms to 2h",
  },
  {
    name: "byteSize()",
    read: byteSize(1_024, 2 ** 30),
    taken: [["1024", 1_024], ["1KiB", 1_024], ["16mib", 16 * 2 ** 20], ["1.5MB", 1_500_000], ["1GiB", 2 ** 30]],
    refused: ["", "1023", "2GiB", "1TiB", "1 MiB", "1K", "ib", "-1KiB"],
    allowed: "bytes, or a number with KiB, MiB, KB or MB, from 1KiB to 1024MiB",
  },
  {
    name: "oneOf()",
    read: oneOf(["text", "json"]),
    taken: [["text", "text"], ["JSON", "json"]],
    refused: ["", "jso", "text,json"],
    allowed: "one of text, json",
  },
  {
    name: "hostAndPort()",
    read: hostAndPort(),
    taken: ["localhost:1", "127.0.0.1:65535", "[::1]:8085", "pubsub-eu.example.com:443"].map((text) => [text, text]),
    refused: [
      "",
      "localhost",
      "localhost:",
      "localhost:0",
      "localhost:65536",
      ":8085",
      "http://localhost:8085",
      "::1:80",
    ],
    allowed: "host:port, such as 127.0.0.1:8085 or [::1]:8085",
  },
  {
    name: "listenAddress()",
    read: listenAddress(),
    taken: [
      ["127.0.0.1", "127.0.0.1"],
      ["db.example.com", "db.example.com"],
      ["::1", "::1"],
      ["[::1]", "::1"],
      ["[fe80::1%eth0]", "fe80::1%eth0"],
    ],
    refused: ["", "[::1", "::1]", "[]", "[localhost]", "[::1]:80", "a b", "http://x"],
    allowed: "an address, such as 127.0.0.1, 0.0.0.0 or ::1",
  },
  {
    name: "matching()",
    read: matching(/^a+$/, "only a"),
    taken: [["aaa", "aaa"]],
    refused: ["", "ab"],
    allowed: "only a",
  },
  { name: "anyText()", read: anyText("a path"), taken: [[" ", " "]], refused: [""], allowed: "a path" },
  {
    name: "either()",
    read: either(wholeNumber(0, 9), oneOf(["all"])),
    taken: [["3", 3], ["all", "all"]],
    refused: ["10", "none"],
    allowed: "a whole number from 0 to 9, or one of all",
  },
];

for (const { name, read, taken, refused, allowed } of cases) {
  Deno.test(`${name} reads what is allowed, and says what that is for anything else`, () => {
    for (const [text, value] of taken) assertEquals(read(text), { ok: true, value }, text);
    for (const text of refused) assertEquals(read(text), { ok: false, problem: allowed }, text);
  });
}

Deno.test("formatDuration() writes the largest unit that leaves no odd fraction, and duration() reads it back", () => {
  const written: readonly (readonly [number, string])[] = [
    [1, "1ms"],
    [999, "999ms"],
    [1_000, "1s"],
    [1_500, "1.5s"],
    [1_501, "1501ms"],
    [60_000, "1m"],
    [90_000, "90s"],
    [86_400_000, "24h"],
  ];
  for (const [ms, text] of written) {
    assertEquals(formatDuration(ms), text);
    assertEquals(duration(1, 86_400_000)(text), { ok: true, value: ms });
  }
});

Deno.test("formatBytes() writes whole KiB and MiB as such, and byteSize() reads it back", () => {
  const written: readonly (readonly [number, string])[] = [
    [1, "1"],
    [1_023, "1023"],
    [1_024, "1KiB"],
    [1_025, "1025"],
    [2 ** 20, "1MiB"],
    [96 * 2 ** 20, "96MiB"],
  ];
  for (const [bytes, text] of written) {
    assertEquals(formatBytes(bytes), text);
    assertEquals(byteSize(1, 2 ** 30)(text), { ok: true, value: bytes });
  }
});

Deno.test("a reader says which words it takes, or that it takes a file, to who may offer them", () => {
  assertEquals(oneOf(["text", "json"]).words, ["text", "json"]);
  assertEquals(either(wholeNumber(0, 1), oneOf(["all"])).words, ["all"]);
  assertEquals([filePath().path, filePath().words, wholeNumber(0, 1).words], [true, undefined, undefined]);
  assertEquals([filePath()("a b"), filePath()("").ok], [{ ok: true, value: "a b" }, false]);
});
