import { assertEquals } from "@std/assert";
import { Delivery } from "../../../src/pubsub/delivery.ts";
import { received, SettlementLog } from "../../support/deliveries.ts";

Deno.test("Delivery is settled by its first call alone", () => {
  for (
    const [calls, settlement] of [
      [["ack", "nack", "ack"], "ack"],
      [["nack", "ack", "nack"], "nack"],
    ] as const
  ) {
    const log = new SettlementLog();
    const [delivery] = log.deliver([received(1)]);
    assertEquals(delivery!.settled, false);
    for (const call of calls) delivery![call]();
    assertEquals(delivery!.settled, true);
    assertEquals(log.settlements, [{ delivery: delivery!, settlement }]);
  }
});

Deno.test("Delivery is settled already when it tells so", () => {
  const seen: boolean[] = [];
  const delivery: Delivery = new Delivery(received(1), (settled) => {
    seen.push(settled.settled);
    settled.nack();
  });
  delivery.ack();
  assertEquals(seen, [true]);
});

Deno.test("Delivery carries what was received", () => {
  const message = received(7, { data: "some text", attributes: { a: "bc" }, deliveryAttempt: 3 });
  const delivery = new Delivery(message, () => {});
  const { messageId, publishTime, data, attributes } = message;
  assertEquals(
    [delivery.messageId, delivery.publishTime, delivery.data, delivery.attributes],
    [messageId, publishTime, data, attributes],
  );
  assertEquals([delivery.ackId, delivery.deliveryAttempt], ["ack-7", 3]);
});

Deno.test("Delivery counts the bytes of data and attributes", () => {
  const bytes = (data: string, attributes: Record<string, string>) =>
    new Delivery(received(1, { data, attributes }), () => {}).bytes;
  assertEquals(bytes("", {}), 0);
  assertEquals(bytes("ü", {}), 2);
  assertEquals(bytes("12345", { name: "value", x: "" }), 5 + 9 + 1);
});
