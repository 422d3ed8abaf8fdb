/**
 * What a setting is: its names, default, bounds and meaning.
 *
 * @module
 */
import type { Reader } from "./values.ts";

/** A setting: where its text comes from, and how it is read. */
export interface Setting<T> {
  /** Without the dashes. */
  readonly flag?: string;
  /** A letter that stands for the flag. */
  readonly short?: string;
  /** Environment variables, the first that is set and not empty counts; before them the same with `LMS_` at the front. */
  readonly env?: readonly string[];
  /** Variables that people set in their place; the flag's name, spelled as one, is always taken for such. */
  readonly mistaken?: readonly string[];
  /** What a value is called in a help text; absent for a switch, which takes no value. */
  readonly value?: string;
  /** Its flag may be given several times; every value counts. It has no variable and no default. */
  readonly repeats?: true;
  /** One line. */
  readonly help: string;
  /** As text, read like any other; absent: nothing, unless the command has a default of its own. */
  readonly default?: string;
  /** The default in words, where it depends on other settings. */
  readonly defaultNote?: string;
  /** Whether its value may hold a password, and so is never repeated in an error. */
  readonly secret?: true;
  /** Another setting that may not be given beside it; a default of that one gives way. */
  readonly insteadOf?: string;
  readonly read: Reader<T>;
}

/** A setting that always has a value. */
export interface Defaulted<T> extends Setting<T> {
  readonly default: string;
}

/** A setting with as many values as are given. */
export interface Repeated<T> extends Setting<T> {
  readonly repeats: true;
}

/** Keeps the type of a setting's value, and whether it always has one. */
export function setting<T>(definition: Defaulted<T>): Defaulted<T>;
export function setting<T>(definition: Repeated<T>): Repeated<T>;
export function setting<T>(definition: Setting<T>): Setting<T>;
export function setting<T>(definition: Setting<T>): Setting<T> {
  return definition;
}

/** A flag that is given or not. */
export function onOff(flag: string, help: string): Defaulted<boolean> {
  return { flag, help, default: "false", defaultNote: "off", read: (text) => ({ ok: true, value: text === "true" }) };
}
