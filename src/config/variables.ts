/**
 * Which environment variables a setting is read from, and which names are taken for them.
 *
 * @module
 */

/** What of a setting says how its variables are called. */
export interface Named {
  /** Without the dashes. */
  readonly flag?: string;
  readonly env?: readonly string[];
  readonly mistaken?: readonly string[];
}

/** Where variables and flags are looked up, as they were given. */
export interface Given {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: (name: string) => string | undefined;
}

/** Before the name of any variable: for who shares an environment with other programs. */
const PREFIX = "LMS_";

/** The variables that a setting is read from; the first that is set and not empty counts. */
export function variablesOf({ env = [] }: Named): readonly string[] {
  return [...env.map((name) => PREFIX + name), ...env];
}

/**
 * Names that are none of its variables, and that people set in their place: its flag's, spelled as a variable, and those
 * that it lists. Nobody but LMS means what begins with `LMS_`; without that a single word may be anybody's.
 */
export function nearMissesOf({ flag, env, mistaken = [] }: Named): readonly string[] {
  if (env === undefined) return [];
  const spelled = flag === undefined ? [] : [flag.toUpperCase().replaceAll("-", "_")];
  const names = [...spelled, ...mistaken];
  const ours = names.map((name) => PREFIX + name);
  const own = variablesOf({ env });
  return [...ours, ...names.filter((name) => name.includes("_"))].filter((name) => !own.includes(name));
}

/** Kubernetes and Docker set `NAME_PORT` to such a value for every service that is called NAME. */
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/** What to tell an operator of variables that do not do what they seem to. Never a value: it may be a password. */
export function misleadingVariables(settings: readonly Named[], given: Given): string[] {
  return settings.flatMap((setting) => [...outdone(setting, given), ...missed(setting, given)]);
}

/** Variables that count for nothing because the same with `LMS_` says something else. */
function outdone({ flag, env = [] }: Named, given: Given): string[] {
  if (flag !== undefined && given.flags[flag] !== undefined) return [];
  return env.flatMap((name) => {
    const [one, other] = [given.env(PREFIX + name), given.env(name)];
    if (!one || !other || one === other) return [];
    return [`${PREFIX + name} and ${name} are set to different values; ${name} is not looked at`];
  });
}

function missed(setting: Named, given: Given): string[] {
  const own = variablesOf(setting);
  // If the setting is given, a similar variable is probably another program's.
  const known = own.some((name) => given.env(name)) ||
    setting.flag !== undefined && given.flags[setting.flag] !== undefined;
  return nearMissesOf(setting).flatMap((name) => {
    const value = given.env(name);
    if (!value || SERVICE_ADDRESS.test(value) || known && !name.startsWith(PREFIX)) return [];
    return [`${name} is set, and is no setting of LMS; did you mean ${setting.env![0]}?`];
  });
}
