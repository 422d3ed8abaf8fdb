/**
 * Which type of answer a client takes (RFC 9110, 12.5.1).
 *
 * @module
 */

/** A range of types, and how much it is wanted. */
interface Range {
  readonly type: string;
  readonly quality: number;
}

/** More ranges than any client names. */
const RANGES_MAX = 64;

/**
 * The type that is wanted most, of several alike the first.
 *
 * @param types In small letters, without parameters.
 * @returns `undefined` where none is taken.
 */
export function acceptedType<const T extends string>(accept: string | null, types: readonly T[]): T | undefined {
  if (accept === null || accept.trim() === "") return types[0];
  const ranges = accept.split(",", RANGES_MAX).map(rangeOf);
  let [best, bestQuality] = [undefined as T | undefined, 0];
  for (const type of types) {
    const quality = qualityOf(type, ranges);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  return best;
}

function rangeOf(item: string): Range {
  const [type = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}

/** That of the narrowest range counts. */
function qualityOf(type: string, ranges: readonly Range[]): number {
  for (const range of [type, type.replace(/\/.*/, "/*"), "*/*"]) {
    const found = ranges.find((one) => one.type === range);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
