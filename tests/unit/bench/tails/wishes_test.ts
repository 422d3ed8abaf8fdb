import { assert, assertEquals } from "@std/assert";
import { parseQuery } from "../../../../src/reading/parse_query.ts";
import { servicesFor, wishes } from "../../../bench/tails/wishes.ts";

Deno.test("wishes() has one in ten without a filter, and queries that are understood", () => {
  const all = wishes(200, servicesFor(2_000));
  assertEquals(all.filter(({ of }) => of === undefined).length, 20);
  for (const { query } of all) assert(parseQuery(query, 0).state !== "mistaken", query);
});

Deno.test("servicesFor() leaves a service at most 8 messages a second", () => {
  assertEquals([servicesFor(2_000), servicesFor(9), servicesFor(1)], [250, 2, 1]);
});
