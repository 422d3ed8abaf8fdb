/**
 * Which method a request over HTTP means, by the annotations `google.api.http` of the services
 * (https://github.com/googleapis/googleapis/blob/master/google/api/http.proto).
 *
 * @module
 */
import type { Described, DescribedMethod } from "./json_types.ts";

/** How a method of a service is called over HTTP. */
export interface Route {
  /** As gRPC has it: `/google.pubsub.v1.Publisher/Publish`. */
  readonly path: string;
  readonly requestType: string;
  readonly responseType: string;
  /** Which field of the request the body is: `*` for all of it, `undefined` for none. */
  readonly body: string | undefined;
}

/** A route, and the fields of the request that are in the path: names as in the protocol, with dots between. */
export interface Match {
  readonly route: Route;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

interface Pattern {
  readonly route: Route;
  readonly names: readonly string[];
  readonly expression: RegExp;
  readonly verb: boolean;
}

/** One annotation. */
interface HttpRule {
  readonly get?: string;
  readonly put?: string;
  readonly post?: string;
  readonly delete?: string;
  readonly patch?: string;
  readonly body?: string;
  readonly additional_bindings?: HttpRule | readonly HttpRule[];
}

const METHODS = ["get", "put", "post", "delete", "patch"] as const;

/** The routes of the services of a package. */
export class Routes {
  /** By method of HTTP. */
  readonly #patterns = new Map<string, Pattern[]>();

  /** @param name Of the package: `google.pubsub.v1`. */
  constructor(described: Described, name: string) {
    for (const [service, { methods }] of Object.entries(described.nested ?? {})) {
      for (const [method, description] of Object.entries(methods ?? {})) {
        this.#add(`/${name}.${service}/${method}`, description);
      }
    }
    // A name may have a colon in it as far as its pattern goes.
    for (const patterns of this.#patterns.values()) patterns.sort((a, b) => Number(b.verb) - Number(a.verb));
  }

  /** @param path Without percent-encoding. */
  match(method: string, path: string): Match | undefined {
    for (const { route, names, expression } of this.#patterns.get(method) ?? []) {
      const values = expression.exec(path)?.slice(1);
      if (values !== undefined) return { route, fields: names.map((name, index) => [name, values[index]!]) };
    }
    return undefined;
  }

  #add(
    path: string,
    { requestType, responseType, requestStream, responseStream, parsedOptions }: DescribedMethod,
  ): void {
    if (requestStream || responseStream) return;
    for (const option of parsedOptions ?? []) {
      const rule = option["(google.api.http)"] as HttpRule | undefined;
      if (rule === undefined) continue;
      for (const { body, ...methods } of [rule, ...[rule.additional_bindings ?? []].flat()]) {
        for (const method of METHODS) {
          const template = methods[method];
          if (template === undefined) continue;
          const patterns = this.#patterns.getOrInsert(method.toUpperCase(), []);
          patterns.push({ route: { path, requestType, responseType, body }, ...compiled(template) });
        }
      }
    }
  }
}

/** Such as `/v1/{name=projects/*}:publish` as an expression, and the names in it. */
function compiled(template: string): Omit<Pattern, "route"> {
  const names: string[] = [];
  const parts = template.split(/\{([^}]+)\}/).map((part, index) => {
    if (index % 2 === 0) return expressionOf(part);
    const [name = "", pattern = "*"] = part.split("=");
    names.push(name);
    return `(${expressionOf(pattern)})`;
  });
  return { names, expression: new RegExp(`^${parts.join("")}$`), verb: /:\w+$/.test(template) };
}

function expressionOf(text: string): string {
  return text.split(/(\*\*?)/).map((part) => part === "**" ? ".+" : part === "*" ? "[^/]+" : RegExp.escape(part)).join(
    "",
  );
}
