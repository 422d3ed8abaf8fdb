/**
 * Every setting, by topic in `settings/`; each is written down there and nowhere else.
 *
 * @module
 */
import type { Defaulted, Repeated, Setting } from "./setting.ts";
import { DATABASE, STARTUP } from "./settings/database.ts";
import { DEAD_LETTERS } from "./settings/dead_letters.ts";
import { EMULATOR } from "./settings/emulator.ts";
import { HEALTH, HEALTH_QUESTION } from "./settings/health.ts";
import { LOG } from "./settings/log.ts";
import { MAINTENANCE } from "./settings/maintenance.ts";
import { MONITOR } from "./settings/monitor.ts";
import { PUBSUB } from "./settings/pubsub.ts";
import { RUN } from "./settings/run.ts";
import { SIMULATION, TRAFFIC } from "./settings/traffic.ts";

/** Every setting of every command. */
export const SETTINGS = {
  ...PUBSUB,
  ...DATABASE,
  ...STARTUP,
  ...MONITOR,
  ...RUN,
  ...HEALTH,
  ...HEALTH_QUESTION,
  ...TRAFFIC,
  ...SIMULATION,
  ...EMULATOR,
  ...MAINTENANCE,
  ...DEAD_LETTERS,
  ...LOG,
};

/** Names of settings, as the program uses them. */
export type SettingName = keyof typeof SETTINGS;

type ValueOf<S> = S extends Repeated<infer T> ? readonly T[]
  : S extends Defaulted<infer T> ? T
  : S extends Setting<infer T> ? T | undefined
  : never;

/** The values of some settings. */
export type Config<N extends SettingName = SettingName> = { readonly [K in N]: ValueOf<typeof SETTINGS[K]> };

/** How a setting is named to a person: its flag, else its variable. */
export function nameOf(name: SettingName): string {
  const { flag, env }: Setting<unknown> = SETTINGS[name];
  return flag === undefined ? env![0]! : env === undefined ? `--${flag}` : `--${flag} (${env[0]})`;
}

/** The names of a topic's settings, in their order: for the list of what a command takes. */
export function namesOf<N extends SettingName>(topic: Readonly<Record<N, unknown>>): readonly N[] {
  return Object.keys(topic) as N[];
}
