/**
 * The demo, when its database gives up on it.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { LmsProcess } from "../support/lms_process.ts";
import { temporaryFolder } from "../support/run_lms.ts";

/** Whether something is stored. */
function used(path: string): boolean {
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    return database.prepare("SELECT 1 FROM service_logs LIMIT 1").get() !== undefined;
  } catch {
    return false; // There is no file yet, or no table.
  }
}

for (
  const { what, flags, stop } of [
    { what: "its duration is over", flags: ["--duration=2"], stop: () => {} },
    { what: "it is told to stop", flags: [], stop: (demo: LmsProcess) => demo.signal("SIGTERM") },
  ]
) {
  Deno.test(`lms demo whose database cannot be written ends when ${what}, and says what it left`, async () => {
    await using folder = await temporaryFolder();
    const path = `${folder.path}/demo.db`;
    await using demo = new LmsProcess(["demo", "--rate=2000", "--grace=2", `--database=sqlite:${path}`, ...flags], {});
    while (!used(path)) await new Promise((resolve) => setTimeout(resolve, 20));
    using database = new DatabaseSync(path, { timeout: 5_000 });
    database.exec("BEGIN IMMEDIATE");
    // So that something is published that cannot be stored.
    await new Promise((resolve) => setTimeout(resolve, 500));
    stop(demo);
    const { code, stdout, stderr } = await demo.ended();
    assertEquals(code, 3, stderr);
    assertMatch(stdout, /published {2}\d+ messages/);
    assertMatch(stderr, /gave messages back unsettled/);
  });
}
