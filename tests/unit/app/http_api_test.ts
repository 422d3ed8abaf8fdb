import { assertEquals, assertRejects } from "@std/assert";
import { type HttpConfig, planHttp } from "../../../src/app/http_api.ts";
import { UsageError } from "../../../src/config/usage_error.ts";
import { openLog } from "../../../src/ops/logger.ts";

const FILES: Readonly<Record<string, string>> = { "/read": "a".repeat(16), "/admin": "b".repeat(16), "/bad": "short" };

function plan(config: Partial<HttpConfig>) {
  return planHttp({
    http: undefined,
    httpTokenFile: undefined,
    httpAdminTokenFile: undefined,
    httpCertFile: undefined,
    httpKeyFile: undefined,
    httpHosts: undefined,
    httpBasePath: undefined,
    ...config,
  }, {
    log: openLog({ level: "error", format: "json", write: () => {} }),
    readFile: (path) =>
      FILES[path] === undefined ? Promise.reject(new Deno.errors.NotFound()) : Promise.resolve(FILES[path]),
    version: "1.2.3",
  });
}

for (const host of ["127.0.0.1", "127.8.9.10", "::1", "localhost"]) {
  Deno.test(`planHttp() lets ${host} be read without a token`, async () => {
    assertEquals((await plan({ http: { host, port: 0 } })).changes, false);
  });
}

for (const host of ["0.0.0.0", "::", "192.168.0.7", "logs.example.com", "127.0.0.1.example.com"]) {
  Deno.test(`planHttp() refuses ${host} without a token`, async () => {
    const http = { host, port: 8080 };
    await assertRejects(
      () => plan({ http }),
      UsageError,
      "without a token: others could read the logs; set HTTPTOKENFILE",
    );
    await plan({ http, httpTokenFile: "/read" });
    assertEquals((await plan({ http, httpAdminTokenFile: "/admin" })).changes, true);
  });
}

for (
  const [what, config, problem] of [
    [
      "a file of tokens that is not there",
      { httpTokenFile: "/none" },
      'Cannot use HTTPTOKENFILE "/none": there is no such',
    ],
    [
      "a token that is too short",
      { httpAdminTokenFile: "/bad" },
      'Cannot use HTTPADMINTOKENFILE "/bad": it has a token of 5',
    ],
    ["a certificate without its key", { httpCertFile: "/read" }, "Cannot use HTTPCERTFILE without HTTPKEYFILE"],
    ["a key without its certificate", { httpKeyFile: "/read" }, "Cannot use HTTPKEYFILE without HTTPCERTFILE"],
  ] as const
) {
  Deno.test(`planHttp() refuses ${what}`, async () => {
    await assertRejects(() => plan(config), UsageError, problem);
  });
}
