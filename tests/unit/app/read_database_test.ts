import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { findReadDatabase, type ReadDatabaseConfig } from "../../../src/app/read_database.ts";
import { UsageError } from "../../../src/config/usage_error.ts";

const FILES: Readonly<Record<string, string>> = {
  "/url": "mysql://reader:filed@replica/logs\n",
  "/password": "secret\n",
};

function find(config: Partial<ReadDatabaseConfig>) {
  return findReadDatabase({
    database: "mysql://writer:w@db/logs",
    databaseUrlFile: undefined,
    mysqlPassword: undefined,
    mysqlPasswordFile: undefined,
    ...config,
  }, (path) => Promise.resolve(FILES[path] ?? ""));
}

/** User, host and password, which may come from a file. */
async function seen(config: Partial<ReadDatabaseConfig>): Promise<string> {
  const { address, password } = await find(config);
  assert(address.kind === "mysql");
  return `${address.user} ${address.host} ${password === undefined ? address.password : await password()}`;
}

Deno.test("findReadDatabase() is where LMS writes, unless another is named for reading", async () => {
  assertEquals(await seen({}), "writer db w");
  assertEquals(await seen({ readDatabase: "mysql://reader:r@replica/logs" }), "reader replica r");
  assertEquals(await seen({ readDatabaseUrlFile: "/url" }), "reader replica filed");
  assertEquals(
    await seen({ readDatabase: "mysql://reader@replica/logs", readPasswordFile: "/password" }),
    "reader replica secret",
  );
  assertEquals((await find({ database: undefined })).address.kind, "sqlite");
});

Deno.test("findReadDatabase() never sends the writer's password to another server", async () => {
  const reading = { readDatabase: "mysql://reader@replica/logs" };
  assertEquals(await seen({ ...reading, mysqlPassword: "writer's" }), "reader replica ");
  assertEquals(await seen({ ...reading, mysqlPasswordFile: "/password" }), "reader replica ");
});

Deno.test("findReadDatabase() names the settings that are wrong", async () => {
  await assertRejects(() => find({ readDatabase: "mysq://x" }), UsageError, "Cannot use DATABASE_READ_URL: it ");
  await assertRejects(
    () => find({ readDatabase: "mysql://a:b@c/d", readPasswordFile: "/password" }),
    UsageError,
    "Cannot use both a password in DATABASE_READ_URL and MYSQL_READ_PASSWORD_FILE",
  );
  assertThrows(() => find({ readPasswordFile: "/password" }), UsageError, "set that too");
});
