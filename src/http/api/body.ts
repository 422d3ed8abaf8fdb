/**
 * The body of a request, as JSON.
 *
 * @module
 */
import * as v from "valibot";
import { oneLine } from "../../ops/safe_text.ts";
import { Problem } from "./problem.ts";

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a body, which may be missing where the schema says so. @throws {Problem} */
export async function readBody<B>(request: Request, schema: v.GenericSchema<unknown, B>): Promise<B> {
  const bytes = new Uint8Array(await request.arrayBuffer());
  // A page of another site can send any other type without asking first.
  const type = request.headers.get("content-type");
  if (bytes.length > 0 && !/^application\/json\s*(?:;|$)/i.test(type ?? "")) {
    throw new Problem("unsupported_type", {
      field: "content-type",
      detail: "The body is not JSON",
      remedy: "send application/json",
    });
  }
  const result = v.safeParse(schema, bytes.length === 0 ? undefined : jsonOf(bytes), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = oneLine(v.getDotPath(issue)?.slice(0, 100) ?? "body");
  throw new Problem("bad_body", {
    field,
    detail: `${field}: expected ${issue.expected ?? "something else"}, and not ${
      oneLine(issue.received.slice(0, 100))
    }`,
    remedy: "send what /openapi.json describes",
  });
}

/** No body here has lists, which valibot takes for objects without fields. */
function noLists(_key: string, value: unknown): unknown {
  return Array.isArray(value) ? "a list" : value;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(STRICT_UTF8.decode(bytes), noLists);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message.slice(0, 200) : "it is no UTF-8";
    throw new Problem("bad_body", {
      field: "body",
      detail: oneLine(`The body is not JSON: ${why}`),
      remedy: "send JSON",
    });
  }
}
