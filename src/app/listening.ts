/**
 * What to tell of an address that a server cannot listen on.
 *
 * @module
 */
import { nameOf, type SettingName } from "../config/settings.ts";

/** The settings that the address is from. */
export interface ListeningSettings {
  readonly host: SettingName;
  readonly port: SettingName;
}

/** Why it cannot, with the setting to change. @param error Of `Deno.listen`. */
export function whyNotListening(error: unknown, { host, port }: ListeningSettings): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `another program listens there; set ${nameOf(port)} to a port that is free, or to 0`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `the system does not allow it; set ${nameOf(port)} to a port from 1024 on`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotCapable) return `${reason}, which this program was not given`;
  return `${reason}; set ${nameOf(host)} to an address of this machine, such as 127.0.0.1 or 0.0.0.0`;
}
