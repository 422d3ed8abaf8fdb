/**
 * The embedded Pub/Sub on a port.
 *
 * @module
 */
import { setting } from "../setting.ts";
import { anyText, listenAddress, wholeNumber } from "../values.ts";

/** The settings of the embedded Pub/Sub. */
export const EMULATOR_SETTINGS = {
  host: setting({
    flag: "host",
    value: "ADDRESS",
    help: "the address to listen on",
    default: "127.0.0.1",
    read: listenAddress(),
  }),
  port: setting({
    flag: "port",
    value: "PORT",
    help: "the port to listen on; 0 takes a free one",
    default: "8085",
    read: wholeNumber(0, 65_535),
  }),
  chaos: setting({
    flag: "chaos",
    value: "SPEC",
    help: "misbehave on purpose, as in duplicate=5%,drop-ack=0.01,ack-delay=15s,reorder",
    defaultNote: "behave",
    read: anyText("faults, separated by commas"),
  }),
};
