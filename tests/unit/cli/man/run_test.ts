import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../../src/cli/catalogue.ts";
import { settingsOf } from "../../../../src/cli/help.ts";
import { bold, roffEscaped } from "../../../../src/cli/man/roff.ts";
import { type Documented, manualPage } from "../../../../src/cli/man/run.ts";
import type { Setting } from "../../../../src/config/setting.ts";
import { SETTINGS } from "../../../../src/config/settings.ts";

const lms: Documented = { program: "lms", commands: COMMANDS, version: "1.2.3", date: "2026-11-24" };

/** What stands below a heading, up to the next. */
function section(page: string, heading: string): string {
  const start = page.indexOf(`\n${heading}`);
  assert(start >= 0, heading);
  const end = page.slice(start + 1).search(heading.startsWith(".SH") ? /\n\.SH/ : /\n\.S[SH]/);
  return page.slice(start, end < 0 ? undefined : start + 1 + end);
}

Deno.test("manualPage() has every section, in the order of other pages", () => {
  assertEquals([...manualPage(lms).matchAll(/^\.SH (.*)$/gm)].map(([, name]) => name), [
    "NAME",
    "SYNOPSIS",
    "DESCRIPTION",
    "COMMANDS",
    "ENVIRONMENT",
    "EXIT STATUS",
    "EXAMPLES",
    "SEE ALSO",
  ]);
});

Deno.test("manualPage() tells of every command, every flag of it with its default, and every variable", () => {
  const page = manualPage(lms);
  for (const command of COMMANDS) {
    const part = section(page, `.SS "${bold(`lms ${command.name}`)}`);
    for (const key of command.settings) {
      const { flag, help, env, default: text, defaultNote }: Setting<unknown> = SETTINGS[key];
      if (flag === undefined) continue;
      const own = `(default: ${command.defaults?.[key] ?? command.notes?.[key] ?? defaultNote ?? text})`;
      const line = part.split("\n").find((_, at, lines) => lines[at - 1]?.startsWith(bold(`--${flag}`)));
      assertStringIncludes(line ?? "", roffEscaped(`${help} ${own}`), `${command.name} --${flag}`);
      for (const name of env ?? []) assertStringIncludes(line!, roffEscaped(name));
    }
    for (const key of settingsOf(command)) {
      for (const name of (SETTINGS[key] as Setting<unknown>).env ?? []) {
        assertStringIncludes(section(page, ".SH ENVIRONMENT"), bold(name));
      }
    }
  }
});

Deno.test("manualPage() is of the program under its own name, with its own commands and no examples of others", () => {
  const page = manualPage({ ...lms, program: "lms-mon", commands: COMMANDS.filter(({ name }) => name === "verify") });
  assertMatch(page, /^\.TH "LMS\\-MON" "1" "2026-11-24" "lms\\-mon 1\.2\.3"/m);
  assertEquals(page.match(/^\.SS .*$/gm), [`.SS "${bold("lms-mon verify", " [FLAGS]")}"`]);
  assertStringIncludes(section(page, ".SH EXAMPLES"), roffEscaped("lms-mon verify --database"));
  assertEquals(section(page, ".SH EXAMPLES").includes("replay"), false);
});

Deno.test("manualPage() has no date where the program runs from source, and is the same each time", () => {
  const page = manualPage({ ...lms, date: undefined });
  assertStringIncludes(page, '.TH "LMS" "1" "" "lms 1.2.3"');
  assertEquals(page, manualPage({ ...lms, date: undefined }));
});

Deno.test("manualPage() is ASCII, and begins no line with a request that it does not mean", () => {
  const page = manualPage(lms);
  assertEquals(/[^\n\x20-\x7e]/.exec(page), null);
  const requests = new Set([...page.matchAll(/^[.'](\S*)/gm)].map(([, name]) => name));
  assertEquals([...requests].toSorted(), ['\\"', "BR", "SH", "SS", "TH", "TP", "PP", "ad", "br", "nh"].toSorted());
});
