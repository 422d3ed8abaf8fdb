/**
 * A route: what is asked and answered there, for the reader of the document and for the program alike.
 *
 * @module
 */
import type * as v from "valibot";
import type { Access, Bearer } from "../guard/tokens.ts";
import type { Parameters, ValuesOf } from "./parameter.ts";

/** A request, read. */
export interface Asked<P extends Parameters = Parameters, B = unknown> {
  readonly values: ValuesOf<P>;
  readonly body: B;
  readonly request: Request;
  /** Who asks; `undefined` where no token is needed. */
  readonly bearer: Bearer | undefined;
  /** The clock, in milliseconds: one for all moments of a request. */
  readonly nowMs: number;
  /** The type to answer with, of those that the route has. */
  readonly type: string;
  /** Gives the request's place back; for streams, which hold it until they end. */
  readonly leave: () => void;
}

/** What is answered: a value as JSON, or a stream. */
export type Answer<A> =
  | { readonly json: v.GenericSchema<unknown, A>; readonly description: string }
  | {
    /** Media types, the first where any is accepted. */
    readonly stream: readonly string[];
    readonly description: string;
  };

/** Which places requests share. */
export type Lane = "answers" | "tails" | "exports";

/** A route as it is defined. */
export interface RouteDefinition<P extends Parameters, B, A> {
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it: `/v1/logs/{id}`. */
  readonly path: string;
  /** Unique; for programs that make clients. */
  readonly operation: string;
  readonly summary: string;
  /** What the summary leaves out. */
  readonly description?: string;
  /** `none`: no token is needed in any case. */
  readonly access: Access | "none";
  readonly lane: Lane;
  readonly parameters: P;
  readonly body?: v.GenericSchema<unknown, B>;
  readonly answer: Answer<A>;
  /** Statuses of problems that are its own, beside those that all have. */
  readonly problems?: readonly number[];
  readonly handle: (asked: Asked<P, B>) => Promise<A | Response> | A | Response;
}

/** A route, whatever it asks. */
export type Route = RouteDefinition<Parameters, unknown, unknown>;

/** Keeps the types between a route's parameters and what handles them. */
export function route<const P extends Parameters, B, A>(definition: RouteDefinition<P, B, A>): Route {
  return definition as unknown as Route;
}

/** The names in a path. */
export function namesInPath(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}
