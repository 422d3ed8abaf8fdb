/**
 * Answers the HTTP probes that ask whether a monitor is alive and ready.
 *
 * @module
 */
import type { Health } from "../ops/health.ts";

/** A URL's path. Not by `new URL`, which throws for some of the Host headers that the server lets through. */
const PATH = /^\w+:\/\/[^/?#]*([^?#]*)/;

/**
 * Answers probes: `/livez` with 200 whenever it is asked, `/readyz` with 200 or 503 and one line of JSON. Any other path
 * is 404, any method but GET 405.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Health } from "../ops/health.ts";
 * import { answerProbe } from "./probes.ts";
 *
 * const response = answerProbe(new Health(), new Request("http://127.0.0.1:8080/readyz"));
 * assertEquals(response.status, 503);
 * assertEquals((await response.json()).reason, "starting");
 * ```
 */
export function answerProbe(health: Health, request: Request): Response {
  return answer(request) ?? readinessResponse(health.readiness());
}

/** The same of whatever else is ready or not, which is asked only for `/readyz`. */
export async function answerReadiness(
  request: Request,
  readiness: () => Promise<{ readonly status: "ok" | "unavailable" }>,
): Promise<Response> {
  return answer(request) ?? readinessResponse(await readiness());
}

/** What is answered without looking; `undefined`: it is asked whether it is ready. */
function answer({ method, url }: Request): Response | undefined {
  const path = PATH.exec(url)?.[1];
  if (path !== "/livez" && path !== "/readyz") return text(404, "not found");
  if (method !== "GET") return text(405, "method not allowed", { allow: "GET" });
  return path === "/livez" ? text(200, "ok") : undefined;
}

function readinessResponse(readiness: { readonly status: "ok" | "unavailable" }): Response {
  return new Response(`${JSON.stringify(readiness)}\n`, {
    status: readiness.status === "ok" ? 200 : 503,
    headers: { ...NO_STORE, "content-type": "application/json" },
  });
}

/** An answer is true when it is given, and not later. */
const NO_STORE = { "cache-control": "no-store" };

function text(status: number, line: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${line}\n`, {
    status,
    headers: { ...NO_STORE, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
