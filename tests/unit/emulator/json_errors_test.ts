import { assertEquals } from "@std/assert";
import { errorResponse, refusalResponse } from "../../../src/emulator/json_errors.ts";
import { invalidAckIds, notFound, StatusError } from "../../../src/emulator/status_error.ts";

const CODES: readonly (readonly [code: number, http: number, status: string])[] = [
  [1, 499, "CANCELLED"],
  [3, 400, "INVALID_ARGUMENT"],
  [5, 404, "NOT_FOUND"],
  [6, 409, "ALREADY_EXISTS"],
  [8, 429, "RESOURCE_EXHAUSTED"],
  [9, 400, "FAILED_PRECONDITION"],
  [12, 501, "UNIMPLEMENTED"],
  [14, 503, "UNAVAILABLE"],
  [16, 401, "UNAUTHENTICATED"],
  [99, 500, "UNKNOWN"],
];

for (const [code, http, status] of CODES) {
  Deno.test(`errorResponse() tells gRPC's code ${code} as ${http} ${status}`, async () => {
    const response = errorResponse(new StatusError(code, "why"));
    assertEquals(response.status, http);
    assertEquals(await response.json(), { error: { code: http, message: "why", status } });
  });
}

Deno.test("errorResponse() tells any other error as INTERNAL", async () => {
  assertEquals((await errorResponse(new TypeError("why")).json()).error.status, "INTERNAL");
});

Deno.test("errorResponse() has the details of ack ids, and none where there are none", async () => {
  const { error } = await errorResponse(invalidAckIds(["a", "b"])).json();
  assertEquals(Object.keys(error.details[0].metadata), ["a", "b"]);
  assertEquals((await errorResponse(notFound("a")).json()).error.details, undefined);
});

Deno.test("refusalResponse() has the form of an error whatever the status", async () => {
  for (
    const [status, name] of [[400, "INVALID_ARGUMENT"], [413, "INVALID_ARGUMENT"], [501, "UNIMPLEMENTED"]] as const
  ) {
    assertEquals(await refusalResponse(status, "why").json(), {
      error: { code: status, message: "why", status: name },
    });
  }
});
