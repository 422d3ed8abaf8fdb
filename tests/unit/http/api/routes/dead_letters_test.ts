import { assertEquals, assertMatch } from "@std/assert";
import { entryIdOf } from "../../../../../src/entry/entry_id.ts";
import { compareKeys, type LogEntry, type MessageKey } from "../../../../../src/entry/entry.ts";
import type { DeadLetterActions } from "../../../../../src/http/api/api.ts";
import type { StoredDeadLetter } from "../../../../../src/store/maintenance.ts";
import { openApi, TOKENS } from "../../../../support/api.ts";

const AT = "2026-01-02 03:04:05.000000";

function letter(messageId: string, fields: Partial<StoredDeadLetter> = {}): StoredDeadLetter {
  const data = new TextEncoder().encode(`{"service_name":"a","payload":"p${messageId}"}`);
  return {
    publishTime: AT,
    messageId,
    reason: "missing_field",
    detail: "severity: is missing",
    data,
    attributes: { trace: "abc" },
    status: "open",
    bytes: data.length,
    createdAt: AT,
    updatedAt: AT,
    ...fields,
  };
}

/** An API whose dead letters can be changed. */
async function opened(...letters: StoredDeadLetter[]) {
  const rows = [...letters];
  const replayed: LogEntry[] = [];
  const set = (key: MessageKey, status: StoredDeadLetter["status"]) => {
    const at = rows.findIndex((row) => compareKeys(row, key) === 0);
    rows[at] = { ...rows[at]!, status };
  };
  const actions: DeadLetterActions = {
    deadLettersByKey: (keys) => Promise.resolve(rows.filter((row) => keys.some((key) => compareKeys(row, key) === 0))),
    replay: ([entry]) => {
      if (entry!.payload === "refused") {
        return Promise.resolve({ replayed: [], settled: [], refused: [{ key: entry!, detail: "no" }] });
      }
      const open = rows.find((row) => compareKeys(row, entry!) === 0)!.status !== "replayed";
      if (open) {
        replayed.push(entry!);
        set(entry!, "replayed");
      }
      return Promise.resolve({ replayed: open ? [entry!] : [], settled: open ? [] : [entry!], refused: [] });
    },
    drop: (keys) => {
      const open = keys.filter((key) => rows.some((row) => compareKeys(row, key) === 0 && row.status === "open"));
      open.forEach((key) => set(key, "dropped"));
      return Promise.resolve([...open]);
    },
  };
  const test = await openApi({ actions });
  test.queries.deadLetterRows.push(...rows);
  const post = async (id: string, action: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await test.ask(`/v1/dead-letters/${id}/${action}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKENS.admin}`, "content-type": "application/json", ...headers },
      ...body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) },
    });
    return [response.status, await response.json()] as const;
  };
  return { test, replayed, post, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

const ID = entryIdOf(letter("1"));

Deno.test("GET /v1/dead-letters pages through those that are open, newest first", async () => {
  await using bench = await opened(letter("1"), letter("2"), letter("3"), letter("4", { status: "dropped" }));
  const ids = async (search: string) => {
    const { dead_letters, next } = await bench.test.json(`/v1/dead-letters?${search}`) as {
      dead_letters: { message_id: string }[];
      next: string | null;
    };
    return [dead_letters.map(({ message_id }) => message_id).join(" "), next] as const;
  };
  const [first, next] = await ids("limit=2");
  assertEquals([first, await ids(`limit=2&after=${next}`)], ["3 2", ["1", null]]);
  assertEquals((await ids("status=all&order=oldest_first"))[0], "1 2 3 4");
  assertEquals((await ids("reason=not_json"))[0], "");
  assertEquals((await ids("since=2026-01-03"))[0], "");
  assertEquals((await bench.test.json("/v1/dead-letters?since=x")).field, "since");
});

Deno.test("GET /v1/dead-letter-reasons counts them", async () => {
  await using bench = await opened(letter("1"), letter("2"), letter("3", { reason: "not_json" }));
  const { reasons } = await bench.test.json("/v1/dead-letter-reasons") as {
    reasons: { reason: string; count: number }[];
  };
  assertEquals(reasons.map(({ reason, count }) => [reason, count]), [["missing_field", 2], ["not_json", 1]]);
});

Deno.test("GET /v1/dead-letters/{id} gives all of one, text or not", async () => {
  await using bench = await opened(letter("1"), letter("2", { data: new Uint8Array([0xff]) }));
  const one = await bench.test.json(`/v1/dead-letters/${ID}`);
  assertEquals([one.data_text, one.attributes], ['{"service_name":"a","payload":"p1"}', { trace: "abc" }]);
  const other = await bench.test.json(`/v1/dead-letters/${entryIdOf(letter("2"))}`);
  assertEquals([other.data_text, other.data_base64], [null, "/w=="]);
  assertEquals((await bench.test.ask(`/v1/dead-letters/${ID}9`)).status, 404);
});

Deno.test("POST …/replay stores what is an entry with the fields that are set, and tells who did it", async () => {
  await using bench = await opened(letter("1"));
  const [invalid, problem] = await bench.post(ID, "replay");
  assertEquals([invalid, problem.detail], [422, "missing_field: severity: missing"]);
  assertEquals(await bench.post(ID, "replay", { set: { severity: "warn" } }), [200, { id: ID, status: "replayed" }]);
  assertEquals(bench.replayed.map(({ payload, severity }) => [payload, severity]), [["p1", "warn"]]);
  assertEquals(bench.test.told, [{
    level: "info",
    message: "dead letter replayed",
    fields: { by: "keeper", message_id: "1", publish_time: "2026-01-02T03:04:05.000000Z" },
  }]);
  assertEquals((await bench.post(ID, "replay", { set: { severity: "warn" } }))[0], 409);
  assertEquals((await bench.post(ID, "drop"))[0], 409);
});

Deno.test("POST …/replay says what the database refuses", async () => {
  await using bench = await opened(letter("1"));
  const [status, { detail }] = await bench.post(ID, "replay", { set: { severity: "warn", payload: "refused" } });
  assertEquals([status, detail], [422, "The database refuses it: no"]);
  assertEquals(bench.test.told, []);
});

for (
  const [what, body, headers, status, field] of [
    ["no JSON", "{", {}, 400, "body"],
    ["a list", [], {}, 400, "body"],
    ["a list of fields", { set: [] }, {}, 400, "set"],
    ["a field that there is not", { set: { sevrity: "warn" } }, {}, 400, "set.sevrity"],
    ["a field of another type", { set: { severity: 3 } }, {}, 400, "set.severity"],
    ["another type", { set: {} }, { "content-type": "text/plain" }, 415, "content-type"],
  ] as const
) {
  Deno.test(`POST …/replay refuses a body that is ${what} with ${status}`, async () => {
    await using bench = await opened(letter("1"));
    const [given, problem] = await bench.post(ID, "replay", body, headers);
    assertEquals([given, problem.field], [status, field]);
  });
}

Deno.test("POST …/drop settles one for good, twice as well as once, and tells who did it", async () => {
  await using bench = await opened(letter("1"));
  assertEquals(await bench.post(ID, "drop"), [200, { id: ID, status: "dropped" }]);
  assertEquals(await bench.post(ID, "drop"), [200, { id: ID, status: "dropped" }]);
  assertMatch(
    bench.test.told.map(({ message, fields }) => `${message} by ${fields.by}`).join(),
    /^dead letter dropped by keeper$/,
  );
  assertEquals((await bench.post(`${ID}9`, "drop"))[0], 404);
});

Deno.test("POST …/drop wants a token that is for that", async () => {
  await using bench = await opened(letter("1"));
  assertEquals((await bench.post(ID, "drop", undefined, { authorization: `Bearer ${TOKENS.read}` }))[0], 403);
  assertEquals((await bench.post(ID, "drop", undefined, { authorization: "Bearer x" }))[0], 401);
  assertEquals(bench.test.told, []);
});
