/**
 * `lms health`: asks a monitor on this machine whether it is ready, as containers without a shell can.
 *
 * @module
 */
import { get } from "node:http";
import type { Context } from "../../app/context.ts";
import { hostAndPort } from "../../app/serve_health.ts";
import { nameOf } from "../../config/settings.ts";
import { UsageError } from "../../config/usage_error.ts";
import { oneLine } from "../../ops/safe_text.ts";
import { type ConfigOf, EXIT } from "../command.ts";
import type { HEALTH } from "./command.ts";

/** A monitor answers at once; who waits longer is asked again. In milliseconds. */
const TIMEOUT_MS = 3_000;
/** An answer is one short line. In characters. */
const ANSWER_MAX = 1_000;

/** Runs the command. */
export async function run(
  { healthHost, healthPort, live }: ConfigOf<typeof HEALTH>,
  { print }: Context,
): Promise<number> {
  if (healthPort === undefined || healthPort === 0) {
    throw new UsageError(`Cannot ask for health: set ${nameOf("healthPort")} to the port that the monitor has it on`);
  }
  const address = `${hostAndPort(reachable(healthHost), healthPort)}`;
  const { status, body } = await ask(`http://${address}/${live ? "livez" : "readyz"}`);
  print(oneLine(body.trim().slice(0, ANSWER_MAX)));
  return status === 200 ? EXIT.ok : EXIT.failed;
}

/** Where to ask who listens on every address. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

/** Not by `fetch`, which asks a proxy that the environment names. */
function ask(url: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(
        new Error(
          `Cannot ask ${url}: ${error.message}; is "lms mon" running, with the same ${nameOf("healthPort")}?`,
          { cause: error },
        ),
      );
    const request = get(url, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length > ANSWER_MAX) request.destroy();
      });
      response.on("close", () => resolve({ status: response.statusCode, body }));
    });
    request.on("error", fail);
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    request.on("close", () => clearTimeout(timer));
  });
}
