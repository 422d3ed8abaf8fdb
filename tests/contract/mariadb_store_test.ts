import { startDatabase } from "../support/database.ts";
import { exerciseServerStore } from "./server_store.ts";

const server = await startDatabase("mariadb");
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

exerciseServerStore(`MariaDB ${server.version}`, server);
