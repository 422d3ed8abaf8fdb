import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { PROTOCOL_VERSIONS, serveTools, type ToolResult } from "../../../../src/commands/mcp/protocol.ts";

type Call = (name: string, args: Readonly<Record<string, unknown>>, signal: AbortSignal) => Promise<ToolResult>;

/** A server that a test writes lines to, and what it answers. */
function serving(call: Call = (name, args) => Promise.resolve({ value: { name, args } })) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 1_000 }, {
    highWaterMark: 1_000,
  });
  const writer = writable.getWriter();
  const stop = new AbortController();
  const answers: { readonly id: unknown; readonly [key: string]: unknown }[] = [];
  const failures: unknown[] = [];
  let woken = Promise.withResolvers<void>();
  const done = serveTools({
    name: "lms",
    version: "1.2.3",
    instructions: "data",
    tools: [{ name: "look", title: "Look", description: "Looks.", inputSchema: { type: "object" } }],
    call,
    write: (message) => {
      assert(!message.includes("\n"));
      answers.push(JSON.parse(message));
      woken.resolve();
    },
    failed: (_name, error) => failures.push(error),
  }, { input: readable, signal: stop.signal });
  return {
    answers,
    failures,
    stop,
    done,
    send: (message: unknown) =>
      writer.write(new TextEncoder().encode(`${typeof message === "string" ? message : JSON.stringify(message)}\n`)),
    async until(count: number) {
      while (answers.length < count) {
        await woken.promise;
        woken = Promise.withResolvers();
      }
      return answers;
    },
    async ended() {
      await writer.close();
      await done;
      return answers;
    },
  };
}

function request(id: number, method: string, params?: unknown) {
  return { jsonrpc: "2.0", id, method, params };
}

const call = (id: number, args: unknown = {}) => request(id, "tools/call", { name: "look", arguments: args });

Deno.test("serveTools() greets in the version that is asked for, else in one that it knows", async () => {
  const server = serving();
  await server.send(request(1, "initialize", { protocolVersion: "2024-11-05" }));
  await server.send(request(2, "initialize", { protocolVersion: "1999-01-01" }));
  await server.send({ jsonrpc: "2.0", method: "notifications/initialized" });
  const answers = await server.ended();
  assertEquals(answers.map(({ result }) => (result as { protocolVersion: string }).protocolVersion), [
    "2024-11-05",
    PROTOCOL_VERSIONS[0],
  ]);
  assertEquals(answers[0]!.result, {
    protocolVersion: "2024-11-05",
    capabilities: { tools: {} },
    serverInfo: { name: "lms", version: "1.2.3" },
    instructions: "data",
  });
});

Deno.test("serveTools() lists its tools as ones that change nothing", async () => {
  const server = serving();
  await server.send(request(1, "tools/list"));
  assertEquals((await server.ended())[0]!.result, {
    tools: [{
      name: "look",
      title: "Look",
      description: "Looks.",
      inputSchema: { type: "object" },
      annotations: { readOnlyHint: true, openWorldHint: false },
    }],
  });
});

Deno.test("serveTools() answers a call with the value, as data and as text of the same", async () => {
  const server = serving(() => Promise.resolve({ value: { payload: "\u202e\x1b[2J\n" } }));
  await server.send(call(1));
  const [{ result }] = await server.ended() as unknown as [
    { result: { content: [{ text: string }]; structuredContent: unknown } },
  ];
  assertEquals(result.structuredContent, { payload: "\u202e\x1b[2J\n" });
  assertEquals(JSON.parse(result.content[0].text), result.structuredContent);
  assertEquals(/[\p{Cc}\u202e]/u.test(result.content[0].text), false);
});

Deno.test("serveTools() tells a problem as the tool's, and what it throws as the server's without its words", async () => {
  const server = serving((_, { fail }) =>
    fail === true ? Promise.reject(new Error("secret")) : Promise.resolve({ problem: "write better" })
  );
  await server.send(call(1));
  await server.send(call(2, { fail: true }));
  const [problem, failure] = await server.ended();
  assertEquals(problem!.result, { content: [{ type: "text", text: "write better" }], isError: true });
  assertEquals((failure!.error as { code: number }).code, -32_603);
  assertEquals([JSON.stringify(failure).includes("secret"), server.failures.length], [false, 1]);
});

for (
  const [message, code] of [
    ["{", -32_700],
    ["[]", -32_600],
    ["7", -32_600],
    [`{"id":1,"method":"ping"}`, -32_600],
    [`{"jsonrpc":"2.0","id":{},"method":"ping"}`, -32_600],
    [`{"jsonrpc":"2.0","id":1,"method":"tools/listen"}`, -32_601],
    [`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"constructor"}}`, -32_602],
    [`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":[]}}`, -32_602],
    [`{"jsonrpc":"2.0","id":1,"method":"tools/call"}`, -32_602],
    [`"${"x".repeat(64 * 1024)}"`, -32_600],
  ] as const
) {
  Deno.test(`serveTools() refuses ${message.slice(0, 80)} with ${code}, and goes on`, async () => {
    const server = serving();
    await server.send(message);
    await server.send(request(7, "ping"));
    const [refused, ping] = await server.ended();
    assertEquals([(refused!.error as { code: number }).code, ping!.id, ping!.result], [code, 7, {}]);
  });
}

Deno.test("serveTools() answers nothing to answers, notifications and empty lines", async () => {
  const server = serving();
  await server.send("");
  await server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } });
  await server.send({ jsonrpc: "2.0", id: 1, result: {} });
  assertEquals(await server.ended(), []);
});

Deno.test("serveTools() gives up a call that is cancelled, and answers nothing to it", async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const server = serving((_name, _args, signal) => {
    begun.resolve(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await server.send(call(1));
  const signal = await begun.promise;
  await server.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await server.send(request(2, "ping"));
  const answers = await server.ended();
  assertEquals([signal.aborted, answers.map(({ id }) => id), server.failures], [true, [2], []]);
});

Deno.test("serveTools() answers several calls at once, and reads no more than 8 of them", async () => {
  const gates: (() => void)[] = [];
  const server = serving(() => new Promise((resolve) => gates.push(() => resolve({ value: {} }))));
  for (let id = 1; id <= 10; id++) await server.send(call(id));
  await server.send(request(11, "ping"));
  // What is not read yet is not answered either.
  while (gates.length < 8) await new Promise((resolve) => setTimeout(resolve, 0));
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  assertEquals([gates.length, server.answers.length], [8, 0]);
  gates[7]!();
  assertEquals((await server.until(1))[0]!.id, 8);
  while (gates.length < 9) await new Promise((resolve) => setTimeout(resolve, 0));
  gates.forEach((open) => open());
  while (gates.length < 10) await new Promise((resolve) => setTimeout(resolve, 0));
  gates.forEach((open) => open());
  assertEquals((await server.ended()).length, 11);
});

Deno.test("serveTools() refuses an id that is under way", async () => {
  const gate = Promise.withResolvers<ToolResult>();
  const server = serving(() => gate.promise);
  await server.send(call(1));
  await server.send(call(1));
  assertStringIncludes(JSON.stringify(await server.until(1)), "under way");
  gate.resolve({ value: {} });
  assertEquals((await server.ended()).length, 2);
});

Deno.test("serveTools() ends when it is told to stop, and gives up what is under way", async () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const server = serving((_name, _args, signal) => {
    begun.resolve(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await server.send(call(1));
  await begun.promise;
  server.stop.abort();
  await server.done;
  assertEquals(server.answers, []);
});
