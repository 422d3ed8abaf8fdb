/**
 * How old what is held is.
 *
 * @module
 */
import type { ProtoTimestamp } from "./delivery.ts";

/** The earliest publish time; `undefined` of no messages. Those to which a server gave none do not count. */
export function earliestOf(
  messages: Iterable<{ readonly publishTime: ProtoTimestamp }>,
): ProtoTimestamp | undefined {
  let earliest: ProtoTimestamp | undefined;
  for (const { publishTime } of messages) {
    // What is absent on the wire is 0.
    if (Number(publishTime.seconds) <= 0) continue;
    if (earliest === undefined || isBefore(publishTime, earliest)) earliest = publishTime;
  }
  return earliest;
}

function isBefore(a: ProtoTimestamp, b: ProtoTimestamp): boolean {
  const seconds = Number(a.seconds) - Number(b.seconds);
  return seconds === 0 ? a.nanos < b.nanos : seconds < 0;
}
