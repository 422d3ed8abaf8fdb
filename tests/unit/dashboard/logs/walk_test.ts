import { assertEquals } from "@std/assert";
import type { Entry, Page } from "../../../../src/dashboard/api/answers.ts";
import { RequestFailed } from "../../../../src/dashboard/api/failure.ts";
import { Walk } from "../../../../src/dashboard/logs/walk.ts";

/** Pages of two entries out of so many, by cursors that are numbers. */
function openWalk({ count, pagesMax = 3 }: { readonly count: number; readonly pagesMax?: number }) {
  const asked: (string | undefined)[] = [];
  let problem: Error | undefined;
  const read = (cursor: string | undefined): Promise<Page> => {
    asked.push(cursor);
    if (problem !== undefined) return Promise.reject(problem);
    const at = Number(cursor ?? 0);
    const ids = [at, at + 1].filter((id) => id < count);
    return Promise.resolve({
      entries: ids.map((id) => ({ id: String(id) }) as Entry),
      next: at + 2 < count ? String(at + 2) : null,
      previous: cursor === undefined || at === 0 ? null : String(at - 2),
    } as Page);
  };
  let changes = 0;
  const walk = new Walk({ read, onChange: () => changes++, pagesMax });
  return { walk, asked, ids: () => walk.entries.map(({ id }) => Number(id)), fail: (error?: Error) => problem = error };
}

Deno.test("Walk reads on until there is no more", async () => {
  const { walk, ids } = openWalk({ count: 5 });
  await walk.begin();
  assertEquals([ids(), walk.has("next"), walk.has("previous")], [[0, 1], true, false]);
  await walk.more("next");
  await walk.more("next");
  await walk.more("next");
  assertEquals([ids(), walk.has("next")], [[0, 1, 2, 3, 4], false]);
});

Deno.test("Walk keeps so many pages, and reads back what went", async () => {
  const { walk, ids } = openWalk({ count: 20 });
  await walk.begin();
  for (let i = 0; i < 5; i++) await walk.more("next");
  assertEquals([ids(), walk.has("previous")], [[6, 7, 8, 9, 10, 11], true]);
  for (let i = 0; i < 9; i++) await walk.more("previous");
  assertEquals([ids(), walk.has("previous"), walk.has("next")], [[0, 1, 2, 3, 4, 5], false, true]);
});

Deno.test("Walk reads one page at a time", async () => {
  const { walk, asked } = openWalk({ count: 20 });
  const begun = walk.begin();
  await walk.more("next");
  await begun;
  await Promise.all([walk.more("next"), walk.more("next"), walk.more("previous")]);
  assertEquals(asked, [undefined, "2"]);
});

Deno.test("Walk keeps what it has where a page fails, and reads it when asked again", async () => {
  const { walk, ids, fail } = openWalk({ count: 4 });
  await walk.begin();
  fail(new RequestFailed({ kind: "busy", title: "Away", detail: "gone" }));
  await walk.more("next");
  assertEquals([ids(), walk.failure?.kind, walk.reading], [[0, 1], "busy", undefined]);
  fail(undefined);
  await walk.more("next");
  assertEquals([ids(), walk.failure], [[0, 1, 2, 3], undefined]);
});

Deno.test("Walk that has ended changes nothing any more", async () => {
  const { walk, ids } = openWalk({ count: 4 });
  const begun = walk.begin();
  walk.end();
  await begun;
  assertEquals(ids(), []);
});

Deno.test("Walk goes past a page without entries", async () => {
  const pages: Record<string, Partial<Page>> = {
    first: { entries: [], next: "a", previous: null },
    a: { entries: [], next: "b", previous: "z" },
    b: { entries: [{ id: "1" } as Entry], next: null, previous: "y" },
  };
  const walk = new Walk({
    read: (cursor) => Promise.resolve(pages[cursor ?? "first"] as Page),
    onChange: () => {},
  });
  await walk.begin();
  assertEquals([walk.lastEmpty, walk.has("next")], [true, true]);
  await walk.more("next");
  await walk.more("next");
  assertEquals([walk.lastEmpty, walk.entries.length, walk.has("next")], [false, 1, false]);
});
