/**
 * Which characters that are not ASCII fold to one that is: `é` is `e` and its mark, `ﬁ` is `fi`, `²` is `2`.
 *
 * A text without any of them holds a folded word of ASCII where it holds that word in either case, which every database
 * can tell.
 *
 * @module
 */

/** Code points, the dot that folding takes away among them. */
const RANGES = "aa b2-b3 b9-ba bc-be c0-c5 c7-cf d1-d6 d9-dd df-e5 e7-ef f1-f6 f9-fd ff-10f 112-125 128-137 139-140 " +
  "143-149 14c-151 154-165 168-17f 1a0-1a1 1af-1b0 1c4-1dc 1de-1e1 1e6-1ed 1f0-1f5 1f8-1fb 200-21b " +
  "21e-21f 226-233 2b0 2b2-2b3 2b7-2b8 2e1-2e3 307 1d2c 1d2e 1d30-1d31 1d33-1d3a 1d3c 1d3e-1d43 " +
  "1d47-1d49 1d4d 1d4f-1d50 1d52 1d56-1d58 1d5b 1d62-1d65 1d9c 1da0 1dbb 1e00-1e9b 1e9e 1ea0-1ef9 " +
  "2070-2071 2074-2079 207f-2089 2090-2093 2095-209c 20a8 2100-2103 2105-2106 2109-210e 2110-2113 " +
  "2115-2116 2119-211d 2120-2122 2124 2128 212a-212d 212f-2131 2133-2134 2139 213b 2145-2149 2150-217f " +
  "2189 2460-24ea 2c7c-2c7d 3250-325f 32b1-32cf 3358-337a 3380-33ff a7f2-a7f4 fb00-fb06 fe33-fe34 " +
  "fe4d-fe4f ff10-ff19 ff21-ff3a ff3f ff41-ff5a 107a5 1ccd6-1ccf9 1d400-1d454 1d456-1d49c 1d49e-1d49f " +
  "1d4a2 1d4a5-1d4a6 1d4a9-1d4ac 1d4ae-1d4b9 1d4bb 1d4bd-1d4c3 1d4c5-1d505 1d507-1d50a 1d50d-1d514 " +
  "1d516-1d51c 1d51e-1d539 1d53b-1d53e 1d540-1d544 1d546 1d54a-1d550 1d552-1d6a4 1d7ce-1d7ff " +
  "1f100-1f10a 1f110-1f12e 1f130-1f14f 1f16a-1f16c 1f190 1fbf0-1fbf9";

/** First and last code points, in order. */
export const ASCII_FOLDING: readonly (readonly [first: number, last: number])[] = RANGES.split(" ").map((range) => {
  const [first, last = first] = range.split("-");
  return [parseInt(first!, 16), parseInt(last!, 16)];
});

/** The same as a class of a regular expression, as ICU, PCRE and, with its flag for Unicode, JavaScript read it. */
export function asciiFoldingClass(point: (code: number) => string): string {
  return `[${ASCII_FOLDING.map(([first, last]) => `${point(first)}-${point(last)}`).join("")}]`;
}

const ASCII_FOLDING_PATTERN = new RegExp(asciiFoldingClass((code) => `\\u{${code.toString(16)}}`), "u");

/** Whether a text has any of them. */
export function hasAsciiFolding(text: string): boolean {
  return ASCII_FOLDING_PATTERN.test(text);
}
