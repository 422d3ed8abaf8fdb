/**
 * What the driver does alone: a stream of all rows, with the columns and in the order of an export, which nobody looks
 * at. Reads `DATABASE_URL`; prints `ready`, and for each line that comes how many rows there were in how many
 * milliseconds.
 *
 * @module
 */
import { createConnection } from "mysql2";

const SQL = "SELECT publish_time, message_id, severity, `timestamp`, created_at, batch, service_name, payload, " +
  "attributes FROM service_logs ORDER BY publish_time, message_id";

const connection = createConnection({
  uri: Deno.env.get("DATABASE_URL")!,
  dateStrings: true,
  supportBigNumbers: true,
});

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

await new Promise<void>((resolve, reject) => connection.connect((error) => error ? reject(error) : resolve()));
say("ready");
for await (const _ of Deno.stdin.readable) {
  const startedAt = performance.now();
  let rows = 0;
  for await (const _row of connection.query(SQL).stream()) rows++;
  say(`${rows} ${performance.now() - startedAt}`);
}
