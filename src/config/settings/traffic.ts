/**
 * What the simulator sends.
 *
 * @module
 */
import { onOff, setting } from "../setting.ts";
import { decimal, either, filePath, oneOf, wholeNumber } from "../values.ts";

/** The settings of simulated traffic. */
export const TRAFFIC_SETTINGS = {
  rate: setting({
    flag: "rate",
    value: "N|max",
    help: "messages a second, or as fast as it goes",
    defaultNote: "one message every 50 to 2,000 ms",
    read: either(decimal(0.001, 10_000_000), oneOf(["max"])),
  }),
  services: setting({
    flag: "services",
    value: "N",
    help: "how many services send: alpha, bravo, charlie, ...",
    default: "3",
    read: wholeNumber(1, 100_000),
  }),
  seed: setting({
    flag: "seed",
    value: "N",
    help: "the same seed sends the same messages",
    defaultNote: "a random one",
    read: wholeNumber(0, 2 ** 32 - 1),
  }),
  malformed: setting({
    flag: "malformed",
    value: "SHARE",
    help: "share of messages that are malformed on purpose, from 0 to 1",
    default: "0",
    read: decimal(0, 1),
  }),
};

/** Those of a simulation that ends, and of its manifest. */
export const SIMULATION_SETTINGS = {
  messages: setting({
    flag: "messages",
    value: "N",
    help: "stop after this many messages",
    defaultNote: "no limit",
    read: wholeNumber(1, 1_000_000_000),
  }),
  manifest: setting({
    flag: "manifest",
    value: "FILE",
    help: "also write the manifest of what was published to this file, as JSON",
    defaultNote: "no file",
    read: filePath(),
  }),
  listMessages: onOff("list-messages", "list every message in the manifest: its id and a digest of its payload"),
};
