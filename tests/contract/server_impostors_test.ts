/**
 * Servers that are after the password, and others that LMS cannot authenticate to.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { MysqlSession } from "../../src/store/mysql/session.ts";
import { StoreError } from "../../src/store/store.ts";
import {
  FULL_AUTHENTICATION,
  type Impostor,
  ImpostorServer,
  NONCE,
  X_PROTOCOL_HELLO,
} from "../support/impostor_server.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";
import { makeTlsFiles } from "../support/tls.ts";
import { addressOf, openOn } from "./server_fixture.ts";

const PASSWORD = "hunter2hunter2";

/** An RSA key of the impostor's own, or of the right server. */
async function rsaKey() {
  const pair = await crypto.subtle.generateKey(
    { name: "RSA-OAEP", modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: "SHA-1" },
    true,
    ["encrypt", "decrypt"],
  );
  const base64 = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)).toBase64();
  const pem = `-----BEGIN PUBLIC KEY-----\n${base64.replaceAll(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
  return {
    pem,
    decrypt: (bytes: Uint8Array<ArrayBuffer>) => crypto.subtle.decrypt("RSA-OAEP", pair.privateKey, bytes),
  };
}

/** What a store says that cannot get in at `host` with these options, and what the impostor heard. */
async function meeting(impostor: Impostor | Uint8Array<ArrayBuffer>, host: string, options = "") {
  await using server = new ImpostorServer(impostor);
  const url = `mysql://lms:${PASSWORD}@${host}:${server.port}/lms${options}`;
  const warnings: string[] = [];
  await using store = openOn(url, { onWarning: (warning) => warnings.push(warning), connectTimeoutMs: 2_000 });
  const { message, disposition } = await assertRejects(() => store.probe(), StoreError);
  return { message, disposition, heard: server.heard, received: server.received, warnings };
}

// An address of this machine that LMS takes for one beyond it.
const BEYOND = "0.0.0.0";

Deno.test("an impostor without TLS hears nothing, and the message says which URLs work", async () => {
  const { message, disposition, received } = await meeting({ plugin: "mysql_clear_password" }, BEYOND);
  assertEquals([received.length, disposition], [0, "fatal"]);
  assertMatch(message, /mysql:\/\/0\.0\.0\.0:\d+\/lms\?ssl=verify_ca&ssl_ca=FILE.*\/lms\?ssl=disabled/);
});

for (const host of [BEYOND, "127.0.0.1"]) {
  Deno.test(`an impostor at ${host} without TLS does not get the password as it is`, async () => {
    const { message, disposition, heard, received } = await meeting(
      { plugin: "mysql_clear_password" },
      host,
      "?ssl=disabled",
    );
    assertEquals([disposition, received.length], ["fatal", 1]);
    assert(!heard.includes(PASSWORD), heard);
    assertStringIncludes(message, "mysql_clear_password");
    assertStringIncludes(message, "ssl=verify_identity");
  });
}

for (const plugin of ["mysql_clear_password", "sha256_password", "caching_sha2_password"]) {
  Deno.test(`an impostor that nobody vouches for does not get the password over TLS by ${plugin}`, async () => {
    await using folder = await temporaryFolder();
    const tls = await makeTlsFiles(folder.path);
    const impostor: Impostor = { tls, plugin, then: [FULL_AUTHENTICATION] };
    const met = await meeting(impostor, BEYOND, "?ssl=required");
    assertEquals(met.disposition, "fatal");
    assert(!met.heard.includes(PASSWORD), met.heard);
    assertStringIncludes(met.message, `by ${plugin} and nothing verified that it is the right server`);

    const verified = await meeting(impostor, BEYOND, `?ssl=verify_ca&ssl_ca=${tls.caFile}`);
    assertStringIncludes(verified.heard, PASSWORD);
  });
}

Deno.test("the password is encrypted for the key of server_public_key, whatever key an impostor sends", async () => {
  await using folder = await temporaryFolder();
  const [ours, theirs] = [await rsaKey(), await rsaKey()];
  const file = `${folder.path}/key.pem`;
  await Deno.writeTextFile(file, ours.pem);
  const impostor = { plugin: "caching_sha2_password", then: [FULL_AUTHENTICATION] };
  const known = await meeting(impostor, BEYOND, `?ssl=disabled&server_public_key=${file}`);
  assertEquals(known.warnings, []);
  const bytes = new Uint8Array(await ours.decrypt(known.received.at(-1)!.slice()));
  assertEquals(new TextDecoder().decode(bytes.map((byte) => byte ^ NONCE)), `${PASSWORD}\0`);

  // Without the file whoever answers gets it, and the log has said so.
  const sent = new TextEncoder().encode(`\x01${theirs.pem}`);
  const trusting = await meeting({ ...impostor, then: [FULL_AUTHENTICATION, sent] }, BEYOND, "?ssl=disabled");
  await theirs.decrypt(trusting.received.at(-1)!.slice());
  assertEquals(trusting.warnings.length, 1);
});

Deno.test("a server_public_key that cannot be used is told with its file", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/key.pem`;
  await Deno.writeTextFile(file, "no key");
  const { message, disposition } = await meeting(
    { plugin: "caching_sha2_password" },
    BEYOND,
    `?ssl=disabled&server_public_key=${file}`,
  );
  assertEquals(disposition, "fatal");
  assertStringIncludes(
    message,
    `server_public_key "${file}" of the database's URL: it holds no public key in PEM form`,
  );
});

for (const plugin of ["authentication_ldap_sasl_client", "client_ed25519", "mysql_old_password"]) {
  Deno.test(`a plugin that LMS does not know is named with the remedy: ${plugin}`, async () => {
    const { message, disposition, heard } = await meeting({ plugin }, "127.0.0.1");
    assertEquals(disposition, "fatal");
    assertStringIncludes(message, `LMS does not know ${plugin}: give the account caching_sha2_password`);
    assert(!heard.includes(PASSWORD));
  });
}

Deno.test("the X protocol is recognised, at any port", async () => {
  const { message } = await meeting(X_PROTOCOL_HELLO, "127.0.0.1");
  assertStringIncludes(message, "is this the port of the X protocol? MySQL's own is 3306 by default");
});

Deno.test("a server that refuses is not asked whether it is running", async () => {
  await using server = new ImpostorServer({ plugin: "mysql_native_password" });
  const { code, stderr } = await runLms(["verify", `--database=mysql://lms:${PASSWORD}@127.0.0.1:${server.port}/lms`]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "Access denied");
  assert(!stderr.includes("is it running"), stderr);
  assert(!stderr.includes(PASSWORD), stderr);
});

Deno.test("a password's file is read again for each connection", async () => {
  await using folder = await temporaryFolder();
  const tls = await makeTlsFiles(folder.path);
  await using server = new ImpostorServer({ tls, plugin: "mysql_clear_password" });
  const url = `mysql://lms@127.0.0.1:${server.port}/lms?ssl=verify_ca&ssl_ca=${tls.caFile}`;
  let token = 0;
  await using store = openOn(url, { password: () => Promise.resolve(`token-${++token}`) });
  for (let tries = 0; tries < 2; tries++) await assertRejects(() => store.probe(), StoreError);
  assertStringIncludes(server.heard, "token-1");
  assertStringIncludes(server.heard, "token-2");
});

Deno.test("a password that never comes is given up after connectTimeoutMs, and at once when it is told to", async () => {
  const never = () => new Promise<string>(() => {});
  const address = addressOf("mysql://lms@127.0.0.1:1/lms");
  await using store = openOn("mysql://lms@127.0.0.1:1/lms", { password: never, connectTimeoutMs: 50 });
  assertEquals((await assertRejects(() => store.probe(), StoreError)).disposition, "reconnect");

  const stop = new AbortController();
  const opened = MysqlSession.open(address, {
    password: never,
    connectTimeoutMs: 60_000,
    lockWaitSeconds: 1,
    signal: stop.signal,
  });
  stop.abort(new Error("told to stop"));
  await assertRejects(() => opened, Error, "told to stop");
});
