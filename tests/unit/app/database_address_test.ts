import { assert, assertEquals, assertRejects } from "@std/assert";
import { type DatabaseConfig, findDatabase } from "../../../src/app/database_address.ts";
import { UsageError } from "../../../src/config/usage_error.ts";
import { StoreError } from "../../../src/store/store.ts";

const URL_WITHOUT = "mysql://lms@db/logs";
const URL_WITH = "mysql://lms:hunter2@db/logs";
const FILE = "/run/secrets/password";

/** Finds a database among files that a test may change; every other file is missing. */
function finder(files: Record<string, string> = {}) {
  const readFile = (path: string) =>
    Object.hasOwn(files, path)
      ? Promise.resolve(files[path]!)
      : Promise.reject(new Deno.errors.NotFound("No such file or directory (os error 2)"));
  return (config: Partial<DatabaseConfig>) =>
    findDatabase({
      database: URL_WITHOUT,
      databaseUrlFile: undefined,
      mysqlPassword: undefined,
      mysqlPasswordFile: undefined,
      ...config,
    }, readFile);
}

function passwordOf({ address }: Awaited<ReturnType<typeof findDatabase>>): string {
  assert(address.kind === "mysql");
  return address.password;
}

Deno.test("findDatabase() takes the password from the URL, from MYSQL_PASSWORD, or goes without", async () => {
  assertEquals(passwordOf(await finder()({ database: URL_WITH })), "hunter2");
  assertEquals(passwordOf(await finder()({ mysqlPassword: " p@ss " })), " p@ss ");
  const none = await finder()({});
  assertEquals([passwordOf(none), none.password], ["", undefined]);
});

Deno.test("findDatabase() reads the password's file again for every connection", async () => {
  const files: Record<string, string> = { [FILE]: "first\n" };
  const { password } = await finder(files)({ mysqlPasswordFile: FILE });
  assertEquals(await password!(), "first");
  files[FILE] = "second";
  assertEquals(await password!(), "second");
});

Deno.test("findDatabase() reads the URL's file again for every connection, for the password", async () => {
  const files: Record<string, string> = { "/url": "mysql://lms:first@db/logs" };
  const { address, password } = await finder(files)({ databaseUrlFile: "/url" });
  assertEquals([await password!(), address.kind], ["first", "mysql"]);
  files["/url"] = "mysql://lms:second@db/logs\n";
  assertEquals(await password!(), "second");
  for (const other of ["mysql://lms:second@elsewhere/logs", "mysql://lms:second@db/logs?ssl=disabled", "sqlite:x"]) {
    files["/url"] = other;
    const error = await assertRejects(() => password!(), StoreError, "restart LMS to use it");
    assertEquals([error.disposition, error.message.includes("second")], ["reconnect", false]);
  }
  delete files["/url"];
  assertEquals((await assertRejects(() => password!(), StoreError, "no such file")).disposition, "reconnect");
});

Deno.test("findDatabase() waits for a password's file that is gone while LMS runs", async () => {
  const files: Record<string, string> = { [FILE]: "first" };
  const { password } = await finder(files)({ mysqlPasswordFile: FILE });
  delete files[FILE];
  const error = await assertRejects(() => password!(), StoreError, `"${FILE}": there is no such file`);
  assertEquals(error.disposition, "reconnect");
});

Deno.test("findDatabase() takes the whole URL from a file, over a default", async () => {
  const found = await finder({ "/url": "mysql://lms:hunter2@other:3307/logs\r\n" })({ databaseUrlFile: "/url" });
  assert(found.address.kind === "mysql");
  assertEquals([found.address.host, found.address.port, found.address.password], ["other", 3307, "hunter2"]);
});

Deno.test("findDatabase() ignores MySQL's passwords with SQLite", async () => {
  const config = { database: "sqlite:./lms.db", mysqlPassword: "hunter2", mysqlPasswordFile: "/nowhere" };
  assertEquals(await finder()(config), { address: { kind: "sqlite", path: "./lms.db" }, password: undefined });
});

const REFUSED: readonly (readonly [what: string, config: Partial<DatabaseConfig>, message: string])[] = [
  [
    "a password in the URL and in MYSQL_PASSWORD",
    { database: URL_WITH, mysqlPassword: "hunter2" },
    "Cannot use both a password in --database (DATABASE_URL) and MYSQL_PASSWORD: take one of them away",
  ],
  [
    "a password in the URL and in a file",
    { database: URL_WITH, mysqlPasswordFile: FILE },
    "Cannot use both a password in --database (DATABASE_URL) and --password-file (MYSQL_PASSWORD_FILE): " +
    "take one of them away",
  ],
  [
    "a password in the URL's file and in MYSQL_PASSWORD",
    { databaseUrlFile: "/url", mysqlPassword: "hunter2" },
    "Cannot use both a password in DATABASE_URL_FILE and MYSQL_PASSWORD: take one of them away",
  ],
  [
    "two passwords beside the URL",
    { mysqlPassword: "hunter2", mysqlPasswordFile: FILE },
    "Cannot use both MYSQL_PASSWORD and --password-file (MYSQL_PASSWORD_FILE): take one of them away",
  ],
  [
    "a password's file that is missing",
    { mysqlPasswordFile: "/nowhere" },
    'Cannot use --password-file (MYSQL_PASSWORD_FILE) "/nowhere": there is no such file; create it, or name another',
  ],
  [
    "a URL's file that is missing",
    { databaseUrlFile: "/nowhere" },
    'Cannot use DATABASE_URL_FILE "/nowhere": there is no such file; create it, or name another',
  ],
  [
    "a URL's file that holds none",
    { databaseUrlFile: "/bad" },
    'Cannot use DATABASE_URL_FILE "/bad": it is none of mysql://user:password@host:3306/database, sqlite:path or ' +
    "sqlite::memory:",
  ],
];

for (const [what, config, message] of REFUSED) {
  Deno.test(`findDatabase() refuses ${what}`, async () => {
    const find = finder({ [FILE]: "hunter2", "/url": URL_WITH, "/bad": "hunter2\n" });
    const error = await assertRejects(() => find(config), UsageError);
    assertEquals(error.message, message);
  });
}
