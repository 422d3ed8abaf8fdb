import { assertEquals } from "@std/assert";
import { readProbe } from "../../../src/http/read_probe.ts";
import { MemoryLogQueries } from "../../support/memory_log_queries.ts";
import { FakeTime } from "../../support/time.ts";

Deno.test("readProbe() is ready while the database answers, and asks it once a second at most", async () => {
  using time = new FakeTime();
  const queries = new MemoryLogQueries();
  let asked = 0;
  queries.before = () => void asked++;
  const probe = readProbe(queries);
  const ready = async () => {
    const response = await probe(new Request("http://localhost/readyz"));
    return [response.status, (await response.json()).reason];
  };
  assertEquals([await ready(), await ready(), asked], [[200, null], [200, null], 1]);
  queries.before = () => Promise.reject(new Error("away"));
  await time.tickAsync(1_000);
  assertEquals(await ready(), [503, "the database is away"]);
});

Deno.test("readProbe() is alive whatever the database does, and answers nothing else", async () => {
  const queries = new MemoryLogQueries();
  queries.before = () => Promise.reject(new Error("away"));
  const probe = readProbe(queries);
  const status = async (path: string, method = "GET") => {
    const response = await probe(new Request(`http://localhost${path}`, { method }));
    await response.body?.cancel();
    return response.status;
  };
  assertEquals([await status("/livez"), await status("/x"), await status("/livez", "POST")], [200, 404, 405]);
});
