/**
 * What this program was built as: `.ci/build.ts` puts the answer beside the compiled program's code.
 *
 * @module
 */

/** How the program was built. */
export interface BuildInfo {
  /** The program's name: `lms`, or `lms-mon`, which has the monitor's commands only. */
  readonly program: string;
  /** The commands that it has; `undefined`: every one. */
  readonly commands: readonly string[] | undefined;
  /** The commit that it was built from, shortened; `undefined` where it runs from source. */
  readonly commit: string | undefined;
  /** That commit's day in UTC, as YYYY-MM-DD; `undefined` where it runs from source. */
  readonly date: string | undefined;
}

const FROM_SOURCE: BuildInfo = { program: "lms", commands: undefined, commit: undefined, date: undefined };

/**
 * Reads what the build left.
 *
 * @param file The file that the build left; embedded in the program, so that reading it takes no permission.
 * @returns What it says, or that the program runs from source where there is no such file.
 */
export function readBuildInfo(file: URL): BuildInfo {
  try {
    return { ...FROM_SOURCE, ...JSON.parse(Deno.readTextFileSync(file)) as Partial<BuildInfo> };
  } catch (error) {
    // From source there is none, and perhaps no right to look for it.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return FROM_SOURCE;
    throw error;
  }
}

/** A file of the dashboard's page. */
export interface BuiltFile {
  readonly type: string;
  readonly text: string;
}

/**
 * Reads the dashboard's page, which the build makes into one file.
 *
 * @param places Where it may be: embedded in the program, or where `deno task page` leaves it.
 * @returns Its files by name; `undefined` where it was not built.
 */
export async function readPage(places: readonly URL[]): Promise<Readonly<Record<string, BuiltFile>> | undefined> {
  for (const place of places) {
    try {
      return (JSON.parse(await Deno.readTextFile(place)) as { readonly files: Record<string, BuiltFile> }).files;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable)) throw error;
    }
  }
  return undefined;
}

/** One line that tells everything of a build that matters when it is asked about. */
export function describeBuild(version: string, { program, commit }: BuildInfo): string {
  const from = commit === undefined ? "from source" : `commit ${commit}`;
  return `${program} ${version} (${from}, Deno ${Deno.version.deno}, ${Deno.build.target})`;
}
