/**
 * The ways to a server: TLS with an authority of its own, a client's certificate, a unix socket, a password in a file.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../src/app/database.ts";
import type { MaintainedStore } from "../../src/store/maintenance.ts";
import { StoreError } from "../../src/store/store.ts";
import { type DatabaseKind, startDatabase, type TestServer } from "../support/database.ts";
import { entry, key } from "../support/entries.ts";
import { runLms, temporaryFolder } from "../support/run_lms.ts";
import { makeTlsFiles } from "../support/tls.ts";
import { fakeWorld } from "../support/world.ts";
import { killSessions, migrated, openOn, user } from "./server_fixture.ts";
import { assertStored, write } from "./store_fixture.ts";

/** What asks for TLS: without it the server lets the account in nowhere. */
const DEMANDS = { ssl: "REQUIRE SSL", certificate: "REQUIRE X509" } as const;

async function userOf(
  server: TestServer,
  options: { readonly database: string; readonly demands?: keyof typeof DEMANDS },
) {
  const someone = await user(server, { database: options.database, rights: "ALL" });
  if (options.demands !== undefined) {
    await server.query(`ALTER USER '${someone.name}'@'%' ${DEMANDS[options.demands]}`);
  }
  return { ...someone, at: { user: someone.name, password: someone.password } };
}

async function assertWorks(store: MaintainedStore): Promise<void> {
  await using used = store;
  const entries = [entry(key(1)), entry(key(2))];
  await write(used, { entries });
  await assertStored(used, { entries });
}

/** It cannot be used until an operator changes something, and is told what. */
async function assertRefused(store: MaintainedStore, says: string): Promise<void> {
  await using used = store;
  const error = await assertRejects(() => used.totals(), StoreError, says);
  assertEquals(error.disposition, "fatal", error.message);
}

for (const kind of ["mysql", "mariadb"] satisfies DatabaseKind[]) {
  Deno.test(`${kind}: a server with a certificate of its own authority`, async (t) => {
    await using server = await startDatabase(kind, { own: true, tls: true });
    await using database = await migrated(server);
    await using folder = await temporaryFolder();
    const { caFile, clientCertFile, clientKeyFile } = server.tls!;
    const withCa = `${database.plainUrl}?ssl=verify_ca&ssl_ca=${caFile}`;

    await t.step("is connected to with ssl=verify_identity by the name in its certificate", async () => {
      assertStringIncludes(database.url, "@localhost:");
      assertStringIncludes(database.url, "ssl=verify_identity");
      await assertWorks(openOn(database.url));
    });

    await t.step(
      "is connected to with ssl=verify_ca by its address, and with ssl=required without its authority",
      async () => {
        await using someone = await userOf(server, { database: database.name, demands: "ssl" });
        for (const url of [withCa, `${database.plainUrl}?ssl=required`]) {
          await using store = openOn(url, { at: someone.at });
          await store.probe();
        }
        await assertRefused(openOn(database.plainUrl, { at: someone.at }), "Access denied");
      },
    );

    await t.step("is refused when another authority is named, and when none is", async () => {
      const other = await makeTlsFiles(folder.path);
      for (const url of [withCa, database.url]) {
        await assertRefused(openOn(url.replace(caFile, other.caFile)), `authorities in ssl_ca "${other.caFile}"`);
      }
      await assertRefused(openOn(`${database.plainUrl}?ssl=verify_ca`), "name the file of its own as ssl_ca");
    });

    await t.step("is refused, with the file and what is wrong with it, when one of TLS cannot be used", async () => {
      const empty = `${folder.path}/empty`;
      await Deno.writeTextFile(empty, "\n");
      const withCertificate = `${database.url}&ssl_cert=${clientCertFile}`;
      for (
        const [url, says] of [
          [withCa.replace(caFile, "/nowhere"), `ssl_ca "/nowhere" of the database's URL: there is no such file`],
          [withCa.replace(caFile, folder.path), `ssl_ca "${folder.path}" of the database's URL: it is a folder`],
          [withCa.replace(caFile, empty), `it holds no certificate in PEM form`],
          [`${withCertificate}&ssl_key=${clientCertFile}`, `it holds no private key in PEM form without a passphrase`],
          [`${database.url}&ssl_cert=${empty}&ssl_key=${clientKeyFile}`, `it holds no certificate in PEM form`],
        ] as const
      ) await assertRefused(openOn(url), says);
    });

    await t.step({
      name: "gets the password beyond this machine only when it is verified, or the URL says ssl=disabled",
      ignore: kind === "mariadb", // its accounts never show the password
      fn: async () => {
        await using someone = await userOf(server, { database: database.name });
        // An address of this machine that LMS takes for one beyond it.
        const beyond = database.plainUrl.replace("127.0.0.1", "0.0.0.0");
        const { at } = someone;
        await assertRefused(openOn(`${beyond}?ssl=required`, { at }), "nothing verified that it is the right server");
        await assertRefused(openOn(beyond, { at }), "is verified unless the URL says otherwise");
        const warnings: string[] = [];
        await using store = openOn(`${beyond}?ssl=disabled`, { at, onWarning: (warning) => warnings.push(warning) });
        await store.probe();
        assertEquals(warnings.length, 1);
        assertStringIncludes(warnings[0]!, "ssl=disabled: whoever answers");
      },
    });

    await t.step("lets an account that demands a certificate in with one, and not without", async () => {
      await using someone = await userOf(server, { database: database.name, demands: "certificate" });
      await assertRefused(openOn(database.url, { at: someone.at }), "Access denied");
      const url = `${database.url}&ssl_cert=${clientCertFile}&ssl_key=${clientKeyFile}`;
      await using store = openOn(url, { at: someone.at });
      await store.probe();
    });

    await t.step("is used by lms with the URL and the password in files", async () => {
      await using someone = await userOf(server, { database: database.name, demands: "ssl" });
      const files = { DATABASE_URL_FILE: `${folder.path}/url`, MYSQL_PASSWORD_FILE: `${folder.path}/password` };
      await Deno.writeTextFile(files.DATABASE_URL_FILE, `${database.url.replace("root@", `${someone.name}@`)}\n`);
      await Deno.writeTextFile(files.MYSQL_PASSWORD_FILE, `${someone.password}\n`);
      const { code, stdout, stderr } = await runLms(["verify"], files);
      assertEquals([code, stdout.trim().split("\n").at(-1)], [0, "everything agrees"], stderr);

      await Deno.writeTextFile(files.MYSQL_PASSWORD_FILE, "hunter2");
      const refused = await runLms(["verify"], files);
      assertEquals(refused.code, 1);
      assertStringIncludes(refused.stderr, "Access denied");
      assert(!refused.stderr.includes("hunter2"), refused.stderr);
    });

    await t.step("lets a store in again once its password's file holds the new password", async () => {
      await using someone = await userOf(server, { database: database.name });
      const path = `${folder.path}/rotated`;
      await Deno.writeTextFile(path, someone.password);
      const log = fakeWorld([]).openLog("error", "json");
      await using store = await openDatabase({
        database: database.plainUrl.replace("root@", `${someone.name}@`),
        databaseUrlFile: undefined,
        mysqlPassword: undefined,
        mysqlPasswordFile: path,
      }, {
        writers: 1,
        context: {
          log,
          readFile: (path) => Deno.readTextFile(path),
          mayWrite: () => false,
          program: "lms",
          version: "0",
        },
      });
      await store.probe();
      await server.query(`ALTER USER '${someone.name}'@'%' IDENTIFIED BY 'another-one'`);
      assertEquals(await killSessions(server, database.name), 1);
      // The first may still find the connection whose end it has not seen, the second one asks to be let in.
      await store.probe().catch(() => {});
      const error = await assertRejects(() => store.probe(), StoreError, "waiting for the new password");
      assertEquals(error.disposition, "reconnect");
      await Deno.writeTextFile(path, "another-one\n");
      await store.probe();
    });
  });

  Deno.test(`${kind}: a server whose certificate is for another name is refused with ssl=verify_identity only`, async () => {
    await using server = await startDatabase(kind, { own: true, tls: "DNS:db.lms.example" });
    await using database = await server.freshDatabase();
    await assertRefused(openOn(database.url), "name the host as its certificate does, or use ssl=verify_ca");
    await using store = openOn(database.url.replace("verify_identity", "verify_ca"));
    await store.migrate({ dryRun: false });
  });

  Deno.test(`${kind}: a server without TLS`, async (t) => {
    await using server = await startDatabase(kind, { own: true, tls: false });
    await using database = await migrated(server);

    await t.step("is refused where the URL asks for TLS", async () => {
      for (const ssl of ["required", "verify_ca"]) {
        await assertRefused(
          openOn(`${database.plainUrl}?ssl=${ssl}`),
          `asks for ssl=${ssl}; switch TLS on at the server`,
        );
      }
    });

    await t.step({
      name: "is reached through its unix socket, and waited for while it is away",
      // That of a container is not on this machine.
      ignore: server.socketPath === undefined,
      fn: async () => {
        await using someone = await userOf(server, { database: database.name });
        const credentials = `${someone.name}:${encodeURIComponent(someone.password)}`;
        const url = `mysql://${credentials}@/${database.name}?socket=${server.socketPath}`;
        await assertWorks(openOn(url));

        await using store = openOn(url);
        assertEquals(store.address, `mysql://localhost/${database.name}?socket=${server.socketPath}`);
        await store.probe();
        await server.control!.stop();
        for (let tries = 0; tries < 2; tries++) {
          assertEquals((await assertRejects(() => store.probe(), StoreError)).disposition, "reconnect");
        }
        await server.control!.start();
        await store.probe();
      },
    });
  });
}
