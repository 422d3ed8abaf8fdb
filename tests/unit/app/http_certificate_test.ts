import { assertEquals } from "@std/assert";
import { watchCertificate } from "../../../src/app/http_certificate.ts";
import { FakeTime } from "../../support/time.ts";

Deno.test("watchCertificate() hands over what the files hold when that changes, and tells a failure once", async () => {
  using time = new FakeTime();
  const renewed: string[] = [];
  const told: string[] = [];
  let held: { cert: string; key: string } | Error = { cert: "a", key: "k" };
  {
    using _watch = watchCertificate({
      server: {
        renew: ({ cert }) =>
          cert === "bad" ? Promise.reject(new Error("no certificate")) : Promise.resolve(void renewed.push(cert)),
      },
      current: { cert: "a", key: "k" },
      read: () => held instanceof Error ? Promise.reject(held) : Promise.resolve(held),
      log: {
        info: (message) => void told.push(message),
        warn: (_message, fields) => void told.push(String(fields?.reason)),
      },
    });
    for (const next of ["a", new Error("gone"), "bad", "bad", "b", "b"]) {
      held = next instanceof Error ? next : { cert: next, key: "k" };
      await time.tickAsync(10_000);
    }
  }
  assertEquals(renewed, ["b"]);
  assertEquals(told, ["gone", "no certificate", "the certificate of the HTTP API was renewed"]);
  assertEquals(time.timers, 0);
});
