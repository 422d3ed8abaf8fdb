import { startDatabase } from "../support/database.ts";
import { exerciseServerReading } from "./server_reading.ts";

const server = await startDatabase("mysql");
Deno.test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

exerciseServerReading(`MySQL ${server.version}`, server);
