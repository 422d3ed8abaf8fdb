/**
 * How people ask the embedded Pub/Sub to misbehave: `duplicate=5%,drop-ack=0.01,ack-delay=15s,reorder`.
 *
 * @module
 */
import { duration, type Read, wholeNumber } from "../config/values.ts";
import { nearest } from "../ops/nearest.ts";
import { failure, success } from "../ops/result.ts";
import type { Faults } from "./faults.ts";

/** One thing that can go wrong. */
interface ChaosFault {
  readonly name: string;
  /** What its value looks like; empty where it is just named. */
  readonly value: "SHARE" | "SECONDS" | "N" | "";
  readonly help: string;
  readonly fault: keyof Faults;
}

/** Every fault by the name that people use. */
export const CHAOS_FAULTS: readonly ChaosFault[] = [
  { name: "duplicate", value: "SHARE", help: "hand messages over twice", fault: "duplicateShare" },
  { name: "reorder", value: "", help: "hand them over in random order", fault: "reorder" },
  { name: "pause", value: "", help: "hand nothing over", fault: "pauseDelivery" },
  { name: "reset-after", value: "N", help: "end a stream after N responses", fault: "resetStreamAfter" },
  { name: "break", value: "SHARE", help: "cut connections in the middle of a response", fault: "breakShare" },
  { name: "silent", value: "", help: "stop answering keep-alives", fault: "silentStreams" },
  { name: "ignore-limits", value: "", help: "send more than asked for", fault: "ignoreLimits" },
  { name: "ignore-half-close", value: "", help: "go on after a stream's end", fault: "ignoreHalfClose" },
  { name: "empty", value: "N", help: "add N empty messages to a response", fault: "emptyMessages" },
  { name: "refuse-publish", value: "SHARE", help: "refuse publishes", fault: "refusePublishShare" },
  { name: "lose-publish-answer", value: "SHARE", help: "accept publishes, say no", fault: "losePublishAnswerShare" },
  { name: "refuse-ack", value: "SHARE", help: "refuse acknowledgements", fault: "refuseAckShare" },
  { name: "lose-ack-answer", value: "SHARE", help: "accept acknowledgements, say no", fault: "loseAckAnswerShare" },
  { name: "drop-ack", value: "SHARE", help: "forget acknowledgements, say yes", fault: "dropAckShare" },
  { name: "ack-delay", value: "SECONDS", help: "let acknowledgements take that long", fault: "ackDelayMs" },
  { name: "refuse-extend", value: "SHARE", help: "refuse to extend leases", fault: "refuseExtendShare" },
];

/** Past any lease. */
const DELAY_MS_MAX = 3_600_000;

/** The faults that a text asks for, or what is wrong with it. */
export function parseChaos(text: string): Read<Partial<Faults>> {
  const faults: Record<string, number | boolean> = {};
  for (const part of text.split(",").map((part) => part.trim())) {
    const [name = "", value] = part.split(/=(.*)/s);
    const known = CHAOS_FAULTS.find((fault) => fault.name === name);
    if (known === undefined) {
      const close = nearest(name, CHAOS_FAULTS.map((fault) => fault.name));
      return failure(
        `a list of ${CHAOS_FAULTS.map((fault) => fault.name).join(", ")}; "${name}" is none` +
          (close === undefined ? "" : `, did you mean ${close}?`),
      );
    }
    const read = valueOf(known, value);
    if (!read.ok) return failure(`with ${read.problem} for ${name}`);
    faults[known.fault] = read.value;
  }
  return success(faults as Partial<Faults>);
}

function valueOf({ value: kind }: ChaosFault, text: string | undefined): Read<number | boolean> {
  switch (kind) {
    case "":
      return text === undefined ? success(true) : failure("no value");
    case "N":
      return wholeNumber(1, 1_000_000_000)(text ?? "");
    case "SECONDS":
      return duration(0, DELAY_MS_MAX)(text ?? "");
    case "SHARE": {
      const [, number, percent] = /^(\d{1,3}(?:\.\d{1,9})?)(%?)$/.exec(text ?? "") ?? [];
      const share = number === undefined ? NaN : Number(number) / (percent === "%" ? 100 : 1);
      return share <= 1 ? success(share) : failure("a share from 0 to 1, or from 0% to 100%,");
    }
  }
}
