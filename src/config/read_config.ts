/**
 * Reads settings: from flags, then the environment, then defaults.
 *
 * @module
 */
import { failure, type Result, success } from "../ops/result.ts";
import type { Setting } from "./setting.ts";
import { type Config, type SettingName, SETTINGS } from "./settings.ts";
import { variablesOf } from "./variables.ts";

/** Where the texts come from. */
export interface Sources {
  /** Flags by name, as given. */
  readonly flags: Readonly<Record<string, string | undefined>>;
  /** Values of flags that may be given several times, by name. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
  readonly env: (name: string) => string | undefined;
  /** Defaults of the command, as text. */
  readonly defaults?: Readonly<Partial<Record<SettingName, string>>>;
}

/** Reads some settings; the first that is wrong ends it, with one line that tells what is wrong and what to do. */
export function readConfig<N extends SettingName>(names: readonly N[], sources: Sources): Result<Config<N>> {
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of names) {
    const definition: Setting<unknown> = SETTINGS[name];
    if (definition.repeats) {
      const read = readAll(definition, sources.lists?.[definition.flag!] ?? []);
      if (!read.ok) return read;
      values[name] = read.value;
      continue;
    }
    const found = find(definition, sources) ?? textDefault(sources.defaults?.[name] ?? definition.default);
    if (found === undefined) {
      values[name] = undefined;
      continue;
    }
    const read = definition.read(found.text);
    if (!read.ok) {
      const shown = definition.secret ? "" : ` "${found.text}"`;
      return failure(`Cannot use ${found.source}${shown}: it must be ${read.problem}`);
    }
    values[name] = read.value;
  }
  const problem = contradiction(names, sources);
  if (problem !== undefined) return failure(problem);
  return success(Object.freeze(values) as Config<N>);
}

/** Two settings that were both given and of which one stands for the other. */
function contradiction(names: readonly SettingName[], sources: Sources): string | undefined {
  for (const name of names) {
    const definition: Setting<unknown> = SETTINGS[name];
    const other = names.find((other) => other === definition.insteadOf);
    if (other === undefined) continue;
    const [one, two] = [find(definition, sources), find(SETTINGS[other], sources)];
    if (one !== undefined && two !== undefined) return bothSet(one.source, two.source);
  }
  return undefined;
}

/** What to tell of two settings that contradict each other. @param one Its name. @param two The other's. */
export function bothSet(one: string, two: string): string {
  return `Cannot use both ${one} and ${two}: take one of them away`;
}

function readAll({ flag, read }: Setting<unknown>, texts: readonly string[]): Result<readonly unknown[]> {
  const values: unknown[] = [];
  for (const text of texts) {
    const one = read(text);
    if (!one.ok) return failure(`Cannot use --${flag} "${text}": it must be ${one.problem}`);
    values.push(one.value);
  }
  return success(values);
}

function find(setting: Setting<unknown>, sources: Sources): { source: string; text: string } | undefined {
  const { flag } = setting;
  if (flag !== undefined) {
    const text = sources.flags[flag];
    if (text !== undefined) return { source: `--${flag}`, text };
  }
  for (const name of variablesOf(setting)) {
    const text = sources.env(name);
    if (text !== undefined && text !== "") return { source: name, text };
  }
  return undefined;
}

function textDefault(text: string | undefined): { source: string; text: string } | undefined {
  return text === undefined ? undefined : { source: "the default", text };
}
