import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { MessageLog } from "../../../src/emulator/message_log.ts";
import { encodeMessage } from "../../../src/emulator/messages.ts";
import { OrderedBacklog } from "../../../src/emulator/ordered_backlog.ts";

/** A backlog of messages with these ordering keys; what is settled is kept in a list. */
function backlogOf(...keys: readonly string[]) {
  const log = new MessageLog();
  const settled: number[] = [];
  const backlog = new OrderedBacklog(log, { done: (position) => settled.push(position) });
  const publish = (key: string) => log.append([encodeMessage({ data: Uint8Array.of(1), orderingKey: key })], 1);
  keys.forEach(publish);
  /** Takes everything that may go into one response. */
  const respond = (max = Infinity) => {
    const positions: number[] = [];
    while (positions.length < max) {
      const position = backlog.peek();
      if (position < 0) break;
      backlog.take();
      positions.push(position);
    }
    backlog.endResponse();
    return positions;
  };
  return { log, backlog, publish, respond, settled };
}

Deno.test("OrderedBacklog hands out one run of a key, and the next when all of it is settled", () => {
  const { backlog, respond, publish } = backlogOf("a", "a", "a", "b");
  assertEquals(respond(2), [0, 1]);
  assertEquals(respond(), [3]);
  publish("a");
  backlog.settle(0);
  assertEquals(respond(), [], "1 is still out");
  backlog.settle(1);
  assertEquals(respond(), [2, 4]);
});

Deno.test("OrderedBacklog hands out messages without a key whatever else is out", () => {
  const { backlog, respond, publish } = backlogOf("", "a", "");
  assertEquals(respond(), [0, 1, 2]);
  publish("");
  publish("a");
  assertEquals(respond(), [3]);
  backlog.giveBack(2);
  assertEquals(respond(), [2]);
});

Deno.test("OrderedBacklog hands out again in order what was given back, before the rest of its key", () => {
  const { backlog, respond } = backlogOf("a", "a", "a", "a");
  assertEquals(respond(3), [0, 1, 2]);
  assert(backlog.follows(2, 1) && !backlog.follows(0, 1));
  backlog.settle(0);
  backlog.giveBack(2);
  assertEquals(respond(), []);
  backlog.giveBack(1);
  assertEquals(respond(), [1, 2, 3]);
});

Deno.test("OrderedBacklog counts attempts until the message is settled", () => {
  const { backlog, respond } = backlogOf("a");
  backlog.countAttempts = true;
  respond();
  backlog.giveBack(0);
  respond();
  assertEquals(backlog.attempt(0), 2);
  backlog.settle(0);
  assertEquals(backlog.attempt(0), 0);
});

Deno.test("OrderedBacklog drain() takes out what waits, and refill() lets it wait again", () => {
  const { backlog, respond, publish } = backlogOf("a", "", "b", "a");
  const taken = respond();
  for (const position of taken) backlog.giveBack(position);
  publish("a");
  assertEquals(backlog.drain(), [0, 1, 2, 3, 4]);
  assertEquals([backlog.waiting, backlog.peek()], [0, -1]);
  backlog.refill([0, 2, 4]);
  assertEquals(respond().sort(), [0, 2, 4]);
});

Deno.test("OrderedBacklog keeps each key's order, whatever is settled, given back or published when", () => {
  const step = fc.oneof(
    fc.constantFrom("", "a", "b").map((key) => ({ publish: key })),
    fc.integer({ min: 1, max: 4 }).map((count) => ({ respond: count })),
    fc.nat(20).map((index) => ({ settle: index })),
    fc.nat(20).map((index) => ({ giveBack: index })),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const { backlog, publish, respond, settled } = backlogOf();
    const keys: string[] = [];
    const out = new Set<number>();
    const check = (positions: readonly number[]) => {
      for (const position of positions) {
        assert(!out.has(position) && !settled.includes(position), "a message is out once, and never after its end");
        out.add(position);
      }
      for (const [index, position] of positions.entries()) {
        const key = keys[position]!;
        if (key === "") continue;
        const before = keys.keys().filter((other) => keys[other] === key && other < position);
        for (const other of before) {
          assert(settled.includes(other) || positions.indexOf(other, 0) < index && positions.includes(other));
        }
      }
    };
    for (const step of steps) {
      const held = [...out];
      if ("publish" in step) {
        publish(step.publish);
        keys.push(step.publish);
      } else if ("respond" in step) check(respond(step.respond));
      else if (held.length === 0) continue;
      else if ("settle" in step) {
        const position = held[step.settle % held.length]!;
        // What comes before it is to be settled first: a client that keeps to the order.
        const first = held.filter((other) => other <= position && keys[other] === keys[position]);
        for (const other of keys[position] === "" ? [position] : first.sort((a, b) => a - b)) {
          out.delete(other);
          backlog.settle(other);
        }
      } else {
        const position = held[step.giveBack % held.length]!;
        const following = held.filter((other) => backlog.follows(other, position));
        for (const other of [position, ...following]) {
          out.delete(other);
          backlog.giveBack(other);
        }
      }
      assertEquals(backlog.waiting, keys.length - settled.length - out.size);
    }
    // Nothing is stuck: settling what is out brings everything there is.
    for (let more = true; more;) {
      for (const position of [...out].sort((a, b) => a - b)) {
        out.delete(position);
        backlog.settle(position);
      }
      const positions = respond(3);
      check(positions);
      more = positions.length > 0;
    }
    assertEquals(settled.length, keys.length);
  }));
});
