import { assertEquals, assertThrows } from "@std/assert";
import { pageOf } from "../../../src/emulator/page.ts";

const name = (index: number) => `projects/p/topics/t${String(index).padStart(4, "0")}`;
const names = Array.from({ length: 2500 }, (_, index) => name(index));

Deno.test("pageOf() walks a list in order, a thousand at most at a time", () => {
  for (const pageSize of [0, 1250, 5000]) {
    const pages: string[][] = [];
    for (let pageToken = "", first = true; first || pageToken !== ""; first = false) {
      const page = pageOf(names.toReversed(), { pageSize, pageToken });
      pages.push(page.items);
      pageToken = page.nextPageToken;
    }
    assertEquals(pages.map(({ length }) => length), [1000, 1000, 500]);
    assertEquals(pages.flat(), names);
  }
});

Deno.test("pageOf() goes on behind the last page's end, whatever was deleted meanwhile", () => {
  const { nextPageToken } = pageOf(names, { pageSize: 2, pageToken: "" });
  const left = names.filter((each) => each !== name(1));
  assertEquals(pageOf(left, { pageSize: 1, pageToken: nextPageToken }).items, [name(2)]);
});

Deno.test("pageOf() refuses a negative size, and tokens that no page gave", () => {
  assertThrows(() => pageOf(names, { pageSize: -1, pageToken: "" }), Error, "page_size is negative: -1");
  for (const pageToken of ["x", "%", "%E0%A4%A"]) {
    assertThrows(() => pageOf(names, { pageSize: 0, pageToken }), Error, "page_token");
  }
});
