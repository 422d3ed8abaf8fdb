import { assertEquals } from "@std/assert";
import { isTransient } from "../../../src/pubsub/transport.ts";

Deno.test("isTransient() tells the gRPC status codes that another try may cure from those that it does not", () => {
  const codes = Array.from({ length: 17 }, (_, code) => code);
  assertEquals(codes.filter(isTransient), [1, 2, 4, 8, 10, 13, 14]);
  assertEquals(isTransient(99), false);
});
