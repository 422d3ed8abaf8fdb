import { assertRejects } from "@std/assert";
import { openLogQueries } from "../../../src/app/log_queries.ts";
import { UsageError } from "../../../src/config/usage_error.ts";
import { openLog } from "../../../src/ops/logger.ts";

Deno.test("openLogQueries() wants a database that is named, where this program writes to none", async () => {
  const config = {
    database: undefined,
    databaseUrlFile: undefined,
    mysqlPassword: undefined,
    mysqlPasswordFile: undefined,
  };
  const log = openLog({ level: "error", format: "json", write: () => {} });
  await assertRejects(
    () => openLogQueries(config, { log, readFile: () => Promise.resolve("") }),
    UsageError,
    "Cannot choose a database: this command works on the one that you name; set --database (DATABASE_URL)",
  );
});
