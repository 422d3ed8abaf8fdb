import { assertEquals } from "@std/assert";
import { protos } from "@google-cloud/pubsub";
import fc from "fast-check";
import { acknowledgeRequest, modifyAckDeadlineRequest } from "../../src/pubsub/ack_request.ts";
import { readErrorInfo } from "../../src/wire/error_info.ts";
import { invalidAckIds } from "../../src/emulator/status_error.ts";

const { AcknowledgeRequest, ModifyAckDeadlineRequest } = protos.google.pubsub.v1;
const text = fc.string({ unit: "grapheme", maxLength: 300 });

Deno.test("acknowledgeRequest() writes what the client library reads", () => {
  fc.assert(fc.property(text, fc.array(text, { maxLength: 50 }), (subscription, ackIds) => {
    const read = AcknowledgeRequest.decode(acknowledgeRequest(subscription, ackIds));
    assertEquals([read.subscription, read.ackIds], [subscription, ackIds]);
  }));
});

Deno.test("modifyAckDeadlineRequest() writes what the client library reads", () => {
  fc.assert(
    fc.property(text, fc.array(text), fc.integer({ min: 0, max: 600 }), (subscription, ackIds, seconds) => {
      const read = ModifyAckDeadlineRequest.decode(modifyAckDeadlineRequest(subscription, { ackIds, seconds }));
      assertEquals([read.subscription, read.ackIds, read.ackDeadlineSeconds], [subscription, ackIds, seconds]);
    }),
  );
});

Deno.test("readErrorInfo() reads the fate of every id", () => {
  const ids = ["a", "b", "ö"];
  const status = invalidAckIds(ids).statusDetails;
  assertEquals(
    [...readErrorInfo(status as Uint8Array)!],
    ids.map((id) => [id, "PERMANENT_FAILURE_INVALID_ACK_ID"]),
  );
});

Deno.test("readErrorInfo() of anything else is undefined", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assertEquals(readErrorInfo(bytes), undefined)));
  assertEquals(readErrorInfo(new Uint8Array()), undefined);
  assertEquals(readErrorInfo(new TextEncoder().encode("no message at all")), undefined);
});
