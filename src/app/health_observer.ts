/**
 * Keeps a monitor's health up to date with what it does.
 *
 * @module
 */
import type { Health } from "../ops/health.ts";
import type { MonitorObserver } from "./monitor_events.ts";

/** Tells `health`. */
export function healthObserver(health: Health): MonitorObserver {
  return {
    pulling: (source) => health.pulling(source),
    draining: () => health.draining(),
    ending: () => health.draining(), // Giving messages back may take as long as their leases.
    flushed: ({ stored }) => health.stored(stored),
    away: () => health.database("away"),
    back: () => health.database("there"),
  };
}
