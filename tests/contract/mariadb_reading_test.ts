import { startDatabase } from "../support/database.ts";
import { exerciseServerReading } from "./server_reading.ts";

const server = await startDatabase("mariadb");
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

exerciseServerReading(`MariaDB ${server.version}`, server);
