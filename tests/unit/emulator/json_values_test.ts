import { assertEquals, assertThrows } from "@std/assert";
import { type MessageType, Types } from "../../../src/emulator/json_types.ts";
import { type Fields, readMessage, writeMessage } from "../../../src/emulator/json_values.ts";
import { StatusError } from "../../../src/emulator/status_error.ts";

const TYPES = new Types({
  nested: {
    google: {
      nested: {
        protobuf: {
          nested: {
            Timestamp: { fields: { seconds: { type: "int64" }, nanos: { type: "int32" } } },
            Duration: { fields: { seconds: { type: "int64" }, nanos: { type: "int32" } } },
            FieldMask: { fields: { paths: { type: "string", rule: "repeated" } } },
            Struct: { fields: {} },
          },
        },
      },
    },
    a: {
      nested: {
        All: {
          oneofs: { choice: { oneof: ["this", "that"] } },
          fields: {
            text: { type: "string" },
            smallCount: { type: "int32" },
            large: { type: "int64" },
            unsigned: { type: "uint64" },
            flag: { type: "bool" },
            data: { type: "bytes" },
            ratio: { type: "double" },
            kind: { type: "Kind" },
            inner: { type: "Inner" },
            list: { type: "string", rule: "repeated" },
            map: { type: "string", keyType: "string" },
            at: { type: "google.protobuf.Timestamp" },
            took: { type: "google.protobuf.Duration" },
            mask: { type: "google.protobuf.FieldMask" },
            any: { type: "google.protobuf.Struct" },
            this: { type: "bool" },
            that: { type: "bool" },
          },
          nested: {
            Kind: { values: { NONE: 0, SOME: 1 } },
            Inner: { fields: { self: { type: "All" }, kind: { type: "Kind" } } },
          },
        },
      },
    },
  },
});
const ALL: MessageType = TYPES.message("All", "a");

const read = (json: unknown) => readMessage(json, { type: ALL, path: "" });
const write = (message: Fields) => writeMessage(message, ALL);

/** What both mean the same by. */
const BOTH: readonly (readonly [json: Fields, message: Fields])[] = [
  [{ text: "ä" }, { text: "ä" }],
  [{ smallCount: -2147483648 }, { smallCount: -2147483648 }],
  [{ large: "-9223372036854775808" }, { large: "-9223372036854775808" }],
  [{ unsigned: "18446744073709551615" }, { unsigned: "18446744073709551615" }],
  [{ flag: true }, { flag: true }],
  [{ data: "+/8=" }, { data: Uint8Array.of(0xfb, 0xff) }],
  [{ ratio: 0.5 }, { ratio: 0.5 }],
  [{ kind: "SOME" }, { kind: 1 }],
  [{ inner: { self: { inner: { kind: "SOME" } } } }, { inner: { self: { inner: { kind: 1 } } } }],
  [{ list: ["", "b"] }, { list: ["", "b"] }],
  [{ map: { "": "a", "b c": "" } }, { map: { "": "a", "b c": "" } }],
  [{ at: "2024-02-29T23:59:59Z" }, { at: { seconds: 1709251199, nanos: 0 } }],
  [{ at: "2024-02-29T23:59:59.120Z" }, { at: { seconds: 1709251199, nanos: 120_000_000 } }],
  [{ at: "1969-12-31T23:59:59.000001Z" }, { at: { seconds: -1, nanos: 1_000 } }],
  [{ at: "2024-02-29T23:59:59.000000001Z" }, { at: { seconds: 1709251199, nanos: 1 } }],
  [{ took: "604800s" }, { took: { seconds: 604800, nanos: 0 } }],
  [{ took: "-1.500s" }, { took: { seconds: -1, nanos: -500_000_000 } }],
  [{ mask: "labels,ackDeadlineSeconds" }, { mask: { paths: ["labels", "ack_deadline_seconds"] } }],
  [{ that: false }, { that: false }],
];

for (const [json, message] of BOTH) {
  Deno.test(`readMessage() and writeMessage() agree on ${JSON.stringify(json)}`, () => {
    assertEquals(read(json), message);
    assertEquals(write(message), json);
  });
}

const READ: readonly (readonly [json: Fields, message: Fields])[] = [
  [{ small_count: "7" }, { smallCount: 7 }],
  [{ large: 7 }, { large: "7" }],
  [{ data: "-_8" }, { data: Uint8Array.of(0xfb, 0xff) }],
  [{ kind: 1 }, { kind: 1 }],
  [{ ratio: "NaN" }, { ratio: NaN }],
  [{ text: null, list: null, inner: null, at: null }, {}],
  [{ at: "2024-03-01T01:59:59.5+02:00" }, { at: { seconds: 1709251199, nanos: 500_000_000 } }],
  [{ mask: "" }, { mask: { paths: [] } }],
  [{ mask: "ack_deadline_seconds" }, { mask: { paths: ["ack_deadline_seconds"] } }],
];

for (const [json, message] of READ) {
  Deno.test(`readMessage() reads ${JSON.stringify(json)}`, () => assertEquals(read(json), message));
}

const REFUSED: readonly unknown[] = [
  null,
  "text",
  [],
  { nothing: 1 },
  { constructor: 1 },
  { inner: { nothing: null } },
  { smallCount: 1, small_count: 2 },
  { text: 1 },
  { text: "\ud800" },
  { smallCount: 2147483648 },
  { smallCount: 1.5 },
  { smallCount: "1.5" },
  { smallCount: "" },
  { smallCount: "0x10" },
  { smallCount: true },
  { large: "9223372036854775808" },
  { large: "1".repeat(10_000) },
  { unsigned: -1 },
  { flag: "true" },
  { flag: 1 },
  { data: "a" },
  { data: "%%%%" },
  { data: [1, 2] },
  { ratio: "1,5" },
  { kind: "OTHER" },
  { kind: 2 },
  { inner: [] },
  { list: "a" },
  { list: [null] },
  { list: [["a"]] },
  { map: [] },
  { map: { a: null } },
  { map: { "\ud800": "a" } },
  { at: 0 },
  { at: "yesterday" },
  { at: "2024-13-01T00:00:00Z" },
  { took: 5 },
  { took: "5" },
  { took: "999999999999s" },
  { mask: ["a"] },
];

for (const json of REFUSED) {
  const text = JSON.stringify(json);
  Deno.test(`readMessage() refuses ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`, () => {
    const error = assertThrows(() => read(json), StatusError);
    assertEquals(error.code, 3);
    assertEquals(error.message.length < 300, true, error.message);
  });
}

Deno.test("readMessage() says where a wrong value is", () => {
  const error = assertThrows(() => read({ inner: { self: { list: ["a", 1] } } }), StatusError);
  assertEquals(error.message, "Invalid value at 'inner.self.list[1]' (string), 1");
});

Deno.test("readMessage() refuses what it cannot read as UNIMPLEMENTED", () => {
  assertEquals(assertThrows(() => read({ any: {} }), StatusError).code, 12);
});

Deno.test("writeMessage() leaves out what has its default value, but where there is a choice", () => {
  const message = {
    text: "",
    smallCount: 0,
    large: 0,
    flag: false,
    data: new Uint8Array(),
    kind: 0,
    list: [],
    map: {},
  };
  assertEquals(write(message), {});
  assertEquals(write({ this: false, inner: {} }), { this: false, inner: {} });
});

Deno.test("writeMessage() writes the bytes of a part of a buffer, and numbers of an enumeration that it does not know", () => {
  assertEquals(write({ data: Uint8Array.of(1, 2, 3, 4).subarray(1, 3), kind: 9 }), { data: "AgM=", kind: 9 });
});
