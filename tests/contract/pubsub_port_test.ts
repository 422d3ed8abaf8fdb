/**
 * The one port of the embedded server, and what clients of all kinds do to it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { lookup } from "node:dns/promises";
import { Conversations } from "../../src/http/conversation.ts";
import { Port } from "../../src/emulator/port.ts";
import { FakeServer } from "../../src/emulator/fake_server.ts";
import { RawClient } from "../support/raw_client.ts";
import { AS_GOOGLES_SERVICE, PubSubFixture, texts } from "./pubsub_fixture.ts";

const HEALTH = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

Deno.test("FakeServer answers a health check as Google's emulator does", async () => {
  await using server = await FakeServer.start();
  using client = Deno.createHttpClient({});
  const response = await fetch(`http://${server.address}/`, { client });
  assertEquals([response.status, await response.text()], [200, "Ok\n"]);
  const other = await fetch(`http://${server.address}/nothing`, { client });
  assertEquals(other.status, 404);
  await other.body?.cancel();
});

Deno.test("FakeServer answers HTTP/1.1 that comes byte by byte", async () => {
  await using server = await FakeServer.start();
  using client = await RawClient.connect(server.address);
  await client.dribble(HEALTH);
  assertMatch(await client.all(), /^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nOk\n$/);
});

Deno.test("FakeServer answers HTTP/2 that comes byte by byte", async () => {
  await using server = await FakeServer.start();
  using client = await RawClient.connect(server.address);
  // An empty SETTINGS frame after the preface.
  await client.dribble("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
  // SETTINGS, on stream 0: the server's first frame.
  assertEquals((await client.some()).slice(3, 9), "\x04\0\0\0\0\0");
});

Deno.test("FakeServer answers a client that half-closes after its request", async () => {
  await using server = await FakeServer.start();
  using client = await RawClient.connect(server.address);
  await client.send("GET / HTTP/1.1\r\n\r\n");
  await client.finish();
  assertMatch(await client.all(), /^HTTP\/1.1 200 /);
});

const NO_HTTP: readonly (readonly [what: string, bytes: string])[] = [
  ["a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["zeros", "\0\0\0\0"],
  ["a line that is none of HTTP", "hello there\r\n\r\n"],
  ["HTTP/2's preface with a mistake", "PRI * HTTP/3.0\r\n\r\nSM\r\n\r\n"],
];

for (const [what, bytes] of NO_HTTP) {
  Deno.test(`FakeServer refuses ${what} at once`, async () => {
    await using server = await FakeServer.start();
    using client = await RawClient.connect(server.address);
    await client.send(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
    assertMatch(await client.all(), /^HTTP\/1.1 400 /);
  });
}

Deno.test("FakeServer survives clients that leave at any byte of their opening", async () => {
  await using server = await FakeServer.start();
  for (const opening of ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HEALTH]) {
    for (let length = 0; length < opening.length; length++) {
      using client = await RawClient.connect(server.address);
      await client.send(opening.slice(0, length));
    }
  }
  using client = await RawClient.connect(server.address);
  await client.send(HEALTH);
  assertMatch(await client.all(), /Ok\n$/);
});

Deno.test("FakeServer speaks gRPC and HTTP/1.1 on one port at once, to many", async () => {
  await using server = await FakeServer.start();
  await using fixture = await PubSubFixture.create(server.address, AS_GOOGLES_SERVICE);
  const stream = await fixture.stream();
  const clients = await Promise.all(Array.from({ length: 64 }, () => RawClient.connect(server.address)));
  try {
    for (let round = 0; round < 3; round++) {
      await fixture.publish(`round ${round}`);
      await Promise.all(clients.map(async (client) => {
        await client.send("GET / HTTP/1.1\r\n\r\n");
        assertMatch(await client.until("Ok\n"), /^HTTP\/1.1 200 /);
      }));
    }
    assertEquals(texts(await stream.count(3)), ["round 0", "round 1", "round 2"]);
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
});

Deno.test("Port closes a connection that says nothing, or too little to tell what it speaks", async () => {
  await using http = new Conversations({ answer: () => new Response() });
  const grpc = { inject: () => assert(false, "injected"), drop: () => {} };
  await using port = await Port.open({ host: "127.0.0.1", port: 0, openingMs: 50, grpc, http });
  for (const begun of ["", "P", "PRI * HTTP/2."]) {
    using client = await RawClient.connect(`127.0.0.1:${port.number}`);
    await client.send(begun);
    assertEquals(await client.all(), "", begun);
  }
});

Deno.test("FakeServer dropConnections() breaks HTTP/1.1 and the silent too, and goes on listening", async () => {
  await using server = await FakeServer.start();
  using silent = await RawClient.connect(server.address);
  using waiting = await RawClient.connect(server.address);
  await waiting.send("GET / HTTP/1.1\r\n\r\n");
  await waiting.until("Ok\n");
  server.dropConnections();
  assertEquals([await silent.all(), await waiting.all()], ["", ""]);
  using client = await RawClient.connect(server.address);
  await client.send(HEALTH);
  assertMatch(await client.all(), /Ok\n$/);
});

Deno.test("FakeServer closes whatever is open: silent, in the middle of a request, kept alive, HTTP/2 without a call", async () => {
  const server = await FakeServer.start();
  const openings = ["", "P", "GET / HT", "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"];
  const clients = await Promise.all([...openings, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"].map(async (opening) => {
    const client = await RawClient.connect(server.address);
    await client.send(opening);
    return client;
  }));
  await server[Symbol.asyncDispose]();
  for (const client of clients) {
    await client.all();
    client[Symbol.dispose]();
  }
  await assertRejects(() => RawClient.connect(server.address), Deno.errors.ConnectionRefused);
});

Deno.test("FakeServer listens on every address of a name, and on IPv6", async () => {
  await using named = await FakeServer.start({ host: "localhost" });
  const addresses = await lookup("localhost", { all: true });
  assert(named.address.startsWith("localhost:"));
  for (const { address, family } of addresses) {
    using client = await RawClient.connect(named.address.replace("localhost", family === 6 ? `[${address}]` : address));
    await client.send(HEALTH);
    assertMatch(await client.all(), /Ok\n$/);
  }
  await using six = await FakeServer.start({ host: "::1" });
  assert(six.address.startsWith("[::1]:"));
  using client = await RawClient.connect(six.address);
  await client.send(HEALTH);
  assertMatch(await client.all(), /Ok\n$/);
});
