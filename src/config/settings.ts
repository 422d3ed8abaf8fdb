/**
 * Every setting, by topic in `settings/`; each is written down there and nowhere else.
 *
 * @module
 */
import type { Defaulted, Repeated, Setting } from "./setting.ts";
import { COUNTING_SETTINGS, DATABASE_SETTINGS, STARTUP_SETTINGS } from "./settings/database.ts";
import { DEAD_LETTERS_SETTINGS } from "./settings/dead_letters.ts";
import { EMULATOR_SETTINGS } from "./settings/emulator.ts";
import { HEALTH_QUESTION_SETTINGS, HEALTH_SETTINGS } from "./settings/health.ts";
import { HTTP_SETTINGS, READ_DATABASE_SETTINGS } from "./settings/http.ts";
import { LOG_SETTINGS } from "./settings/log.ts";
import { MAINTENANCE_SETTINGS } from "./settings/maintenance.ts";
import { MONITOR_SETTINGS } from "./settings/monitor.ts";
import { PUBSUB_SETTINGS } from "./settings/pubsub.ts";
import {
  ENDS_SETTINGS,
  ENTRIES_SETTINGS,
  LEDGER_SETTINGS,
  RANGE_SETTINGS,
  SERVER_SETTINGS,
  SHOWING_SETTINGS,
  WATCHING_SETTINGS,
} from "./settings/reading.ts";
import { RUN_SETTINGS } from "./settings/run.ts";
import { SIMULATION_SETTINGS, TRAFFIC_SETTINGS } from "./settings/traffic.ts";

/** Every setting of every command. */
export const SETTINGS = {
  ...PUBSUB_SETTINGS,
  ...DATABASE_SETTINGS,
  ...STARTUP_SETTINGS,
  ...COUNTING_SETTINGS,
  ...MONITOR_SETTINGS,
  ...RUN_SETTINGS,
  ...HEALTH_SETTINGS,
  ...HEALTH_QUESTION_SETTINGS,
  ...HTTP_SETTINGS,
  ...READ_DATABASE_SETTINGS,
  ...TRAFFIC_SETTINGS,
  ...SIMULATION_SETTINGS,
  ...EMULATOR_SETTINGS,
  ...MAINTENANCE_SETTINGS,
  ...DEAD_LETTERS_SETTINGS,
  ...RANGE_SETTINGS,
  ...SERVER_SETTINGS,
  ...ENDS_SETTINGS,
  ...ENTRIES_SETTINGS,
  ...SHOWING_SETTINGS,
  ...WATCHING_SETTINGS,
  ...LEDGER_SETTINGS,
  ...LOG_SETTINGS,
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
