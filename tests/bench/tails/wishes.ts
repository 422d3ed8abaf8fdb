/**
 * What the clients of a tail ask for: one in ten everything, the others what a few entries a second are. Pure.
 *
 * @module
 */
import type { Severity } from "../../../src/entry/entry.ts";
import { serviceNames } from "../../../src/sim/service_names.ts";

/** What a client wants. */
export interface Wish {
  readonly query: string;
  /** Of which entries; absent: of all. */
  readonly of?: { readonly serviceName: string; readonly severity: Severity };
}

/** Of ten clients, so many have a filter. */
const FILTERED = 9;
/** Messages a second of one service. Half of them are of {@linkcode SEVERITY}: 4 a second pass a filter. */
const RATE_OF_SERVICE = 8;
/** The most common one. */
const SEVERITY: Severity = "info";

/** As many services as share a rate so that each has few. */
export function servicesFor(rate: number): number {
  return Math.max(1, Math.ceil(rate / RATE_OF_SERVICE));
}

/** So many wishes. Every second filter also looks at words: what does not say one is wanted, and nothing says it. */
export function wishes(count: number, services: number): Wish[] {
  const names = serviceNames(services);
  return Array.from({ length: count }, (_, index) => {
    if (index % 10 >= FILTERED) return { query: "" };
    const serviceName = names[index % services]!;
    const words = index % 2 === 0 ? "" : " -xylophonist";
    return { query: `service:${serviceName} severity:${SEVERITY}${words}`, of: { serviceName, severity: SEVERITY } };
  });
}
