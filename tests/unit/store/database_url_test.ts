import { assert, assertEquals } from "@std/assert";
import { describeAddress, type MysqlAddress, parseDatabaseUrl } from "../../../src/store/database_url.ts";

const plain: MysqlAddress = {
  kind: "mysql",
  host: "db.example",
  port: 3306,
  user: "lms",
  password: "secret",
  database: "logs",
  socketPath: undefined,
  tls: "verify_identity",
  tlsByDefault: true,
  tlsCaPath: undefined,
  tlsCertPath: undefined,
  tlsKeyPath: undefined,
  serverKeyPath: undefined,
};
const local = { tls: "disabled" } as const;
const told = { tlsByDefault: false } as const;

const VALID: readonly (readonly [url: string, address: Partial<MysqlAddress>])[] = [
  ["mysql://lms:secret@db.example/logs", {}],
  ["mariadb://lms:secret@db.example:3307/logs", { port: 3307 }],
  ["MySQL://lms:secret@db.example/logs", {}],
  ["mysql://lms@db.example/logs", { password: "" }],
  ["mysql://l%40s:p%2Fw%3A%23%3F%25@db.example/logs", { user: "l@s", password: "p/w:#?%" }],
  ["mysql://lms:sécret@db.example/l%C3%B6gs", { password: "sécret", database: "lögs" }],
  ["mysql://lms:secret@[::1]:3306/logs", { host: "::1", ...local }],
  ["mysql://lms:secret@127.0.0.1/logs", { host: "127.0.0.1", ...local }],
  ["mysql://lms:secret@10.0.0.1/logs", { host: "10.0.0.1", tls: "verify_ca" }],
  ["mysql://lms:secret@127.example/logs", { host: "127.example" }],
  ["mysql://lms:secret@db.example/logs?ssl_ca=/etc/lms/ca+1.pem", { tlsCaPath: "/etc/lms/ca+1.pem" }],
  ["mysql://lms:secret@db.example/logs?ssl=disabled&server_public_key=/key.pem", {
    tls: "disabled",
    serverKeyPath: "/key.pem",
    ...told,
  }],
  ["mysql://lms:secret@db.example/logs?ssl=required", { tls: "required", ...told }],
  ["mysql://lms:secret@db.example/logs?ssl=true", { tls: "verify_identity", ...told }],
  ["mysql://lms:secret@db.example/logs?ssl=false", { tls: "disabled", ...told }],
  ["mysql://lms:secret@db.example/logs?ssl=verify_ca&ssl_ca=/etc/ca.pem", {
    tls: "verify_ca",
    ...told,
    tlsCaPath: "/etc/ca.pem",
  }],
  ["mysql://lms:secret@db.example/logs?ssl=required&ssl_cert=/lms.pem&ssl_key=%2Flms%20key.pem", {
    tls: "required",
    ...told,
    tlsCertPath: "/lms.pem",
    tlsKeyPath: "/lms key.pem",
  }],
  ["mysql://lms:secret@localhost/logs?socket=/run/mysqld/mysqld.sock", {
    host: "localhost",
    socketPath: "/run/mysqld/mysqld.sock",
    ...local,
  }],
  ["mysql://lms:secret@/logs?socket=%2Frun%2Fmy%20sql.sock&ssl=disabled", {
    host: "localhost",
    socketPath: "/run/my sql.sock",
    ...local,
    ...told,
  }],
  ["mariadb://lms@/logs?socket=/s", { host: "localhost", password: "", socketPath: "/s", ...local }],
];

for (const [url, address] of VALID) {
  Deno.test(`parseDatabaseUrl() reads ${url}`, () => {
    assertEquals(parseDatabaseUrl(url), { ok: true, value: { ...plain, ...address } });
  });
}

const PATHS: readonly (readonly [url: string, path: string])[] = [
  ["sqlite:./lms.db", "./lms.db"],
  ["sqlite:lms.db", "lms.db"],
  ["sqlite:/var/lib/lms.db", "/var/lib/lms.db"],
  ["sqlite:///var/lib/lms.db", "/var/lib/lms.db"],
  ["sqlite:C:\\lms.db", "C:\\lms.db"],
  ["sqlite:with space?.db", "with space?.db"],
  ["sqlite::memory:", ":memory:"],
];

for (const [url, path] of PATHS) {
  Deno.test(`parseDatabaseUrl() reads ${url}`, () => {
    assertEquals(parseDatabaseUrl(url), { ok: true, value: { kind: "sqlite", path } });
  });
}

const INVALID: readonly (readonly [url: string, reason: RegExp])[] = [
  ["", /is none of/],
  ["lms.db", /is none of/],
  ["postgres://lms:hunter2@db/logs", /is none of/],
  ["hunter2", /is none of/],
  ["sqlite:", /no path/],
  ["sqlite://", /no path/],
  ["sqlite:a\0b", /NUL/],
  ["mysql:", /no host|form/],
  ["mysql://lms:hunter2@/logs", /host|form/],
  ["mysql://:hunter2@db/logs", /user/],
  ["mysql://lms:hunter2/x@db/logs", /%2F/],
  ["mysql://lms:hunter2%@db/logs", /%25/],
  ["mysql://lms:hunter2%zz@db/logs", /%25/],
  ["mysql://lms:hunter2@db:70000/logs", /form/],
  ["mysql://lms:hunter2@db:0/logs", /port/],
  ["mysql://lms:hunter2@db", /database name/],
  ["mysql://lms:hunter2@db/", /database name/],
  ["mysql://lms:hunter2@db/a/b", /database name/],
  [`mysql://lms:hunter2@db/${"x".repeat(65)}`, /database name/],
  ["mysql://lms:hunter2@db/logs#x", /#/],
  ["mysql://lms:hunter2@db/logs?ssl=maybe", /ssl/],
  ["mysql://lms:hunter2@10.0.0.1/logs?ssl=verify_identity", /verify_ca/],
  ["mysql://lms:hunter2@[::1]/logs?ssl=true", /verify_ca/],
  ["mysql://lms:hunter2@db/logs?charset=latin1", /unknown option charset/],
  ["mysql://lms:hunter2@localhost/logs?ssl_ca=/ca.pem", /ssl_ca/],
  ["mysql://lms:hunter2@db/logs?ssl=verify_ca&ssl_ca=", /ssl_ca that names no file/],
  ["mysql://lms:hunter2@db/logs?ssl=required&ssl_cert=/c.pem", /ssl_cert and no ssl_key/],
  ["mysql://lms:hunter2@db/logs?ssl=required&ssl_key=/c.key", /ssl_key and no ssl_cert/],
  ["mysql://lms:hunter2@localhost/logs?ssl_cert=/c.pem&ssl_key=/c.key", /add ssl=required/],
  ["mysql://lms:hunter2@db/logs?server_public_key=/k.pem", /nothing reads with TLS/],
  ["mysql://lms:hunter2@/logs", /has no host/],
  ["mysql://lms:hunter2@/logs?ssl=required", /has no host/],
  ["mysql://lms:hunter2@localhost/logs?socket=", /no absolute path/],
  ["mysql://lms:hunter2@localhost/logs?socket=mysqld.sock", /no absolute path/],
  ["mysql://lms:hunter2@localhost/logs?socket=/a%00b", /no absolute path/],
  ["mysql://lms:hunter2@db/logs?socket=/s", /a socket and a host/],
  ["mysql://lms:hunter2@localhost:3306/logs?socket=/s", /a socket and a port/],
  ["mysql://lms:hunter2@:3306/logs?socket=/s", /form/],
  ["mysql://lms:hunter2@localhost/logs?socket=/s&ssl=required", /a socket and ssl/],
  ["mysql://:hunter2@/logs?socket=/s", /user/],
];

for (const [url, reason] of INVALID) {
  Deno.test(`parseDatabaseUrl() refuses ${Deno.inspect(url)} and keeps the password to itself`, () => {
    const parsed = parseDatabaseUrl(url);
    assert(!parsed.ok, Deno.inspect(parsed));
    assert(reason.test(parsed.problem), parsed.problem);
    assert(!parsed.problem.includes("hunter2"), parsed.problem);
  });
}

Deno.test("describeAddress() names the place and leaves out user and password", () => {
  assertEquals(describeAddress(plain), "mysql://db.example:3306/logs");
  assertEquals(describeAddress({ ...plain, host: "::1" }), "mysql://[::1]:3306/logs");
  assertEquals(
    describeAddress({ ...plain, host: "localhost", socketPath: "/run/mysqld/mysqld.sock" }),
    "mysql://localhost/logs?socket=/run/mysqld/mysqld.sock",
  );
  assertEquals(describeAddress({ kind: "sqlite", path: "./lms.db" }), "sqlite:./lms.db");
  assertEquals(describeAddress({ kind: "sqlite", path: ":memory:" }), "sqlite::memory:");
});
