import { startDatabase } from "../support/database.ts";
import { exerciseServerStore } from "./server_store.ts";

const server = await startDatabase("mysql");
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

exerciseServerStore(`MySQL ${server.version}`, server);
