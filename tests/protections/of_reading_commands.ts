/**
 * What the reading commands have against what they show, and against losing any of it.
 *
 * @module
 */
import { type Protection, protectionsOf } from "./protection.ts";

/** Protections of the reading commands. */
export const OF_READING_COMMANDS: readonly Protection[] = [
  ...protectionsOf({ file: "src/commands/logs/entry_lines.ts", test: "tests/unit/commands/logs/entry_lines_test.ts" }, [
    {
      name: "No payload moves a terminal's cursor",
      find: "const text = onTerminal ? shortened(payload) : oneLine(payload);",
      replace: "const text = payload;",
      filter: "EntryLines lets nothing through that moves the cursor or turns the text",
    },
  ]),
  ...protectionsOf({ file: "src/reading/show_mistake.ts", test: "tests/contract/logs_command_test.ts" }, [
    {
      name: "A query that is refused is shown without its control characters",
      find: "oneLine(query.slice(at, at + length))",
      replace: "query.slice(at, at + length)",
      filter: "logs repeats no control character of a query that it refuses",
    },
  ]),
  ...protectionsOf({ file: "src/commands/logs/follow.ts", test: "tests/contract/logs_command_test.ts" }, [
    {
      name: "Following shows no entry twice that its page and its tail both have",
      find: " && !known.has(entryIdOf(entry))",
      replace: "",
      filter: "logs --follow drops what its page and its tail both have",
    },
    {
      name: "Following waits while the database is away",
      find: "return error instanceof ReadTimeoutError || error instanceof StoreError && error.disposition",
      replace: `return error instanceof StoreError && error.message === "" && error.disposition`,
      filter: "logs --follow waits while the database is away, and says so once",
    },
  ]),
  ...protectionsOf({ file: "src/commands/logs/pages.ts", test: "tests/contract/logs_command_test.ts" }, [
    {
      name: "Showing all goes on where an answer was not complete",
      find: "} while (cursor !== undefined);",
      replace: "} while (cursor !== undefined && told.size === 0);",
      filter: "logs --all goes on where an answer was not complete, and tells what it owes once",
    },
  ]),
  ...protectionsOf({ file: "src/commands/logs/run.ts", test: "tests/contract/logs_command_test.ts" }, [
    {
      name: "What is shown next has all of the moment at which it stopped",
      find: "goOn(justAfter(oldest))",
      replace: "goOn(oldest)",
      filter: "logs -n of more than a page shows the newest, oldest first, and how to see those before",
    },
  ]),
  ...protectionsOf({ file: "src/commands/mcp/protocol.ts", test: "tests/unit/commands/mcp/protocol_test.ts" }, [
    {
      name: "So many calls of a client run at once, and no more",
      find: "if (this.#calls.size >= CALLS_MAX) await",
      replace: "if (this.#calls.size >= 100) await",
      filter: "serveTools() answers several calls at once, and reads no more than 8 of them",
    },
    {
      name: "What a failure says stays in the log",
      find: `"Something went wrong; the server's log says what"`,
      replace: "String(error)",
      filter: "serveTools() tells a problem as the tool's, and what it throws as the server's without its words",
    },
  ]),
  ...protectionsOf({ file: "src/commands/mcp/text_lines.ts", test: "tests/unit/commands/mcp/text_lines_test.ts" }, [
    {
      name: "A message that never ends is not held",
      find: `[rest, skipping] = ["", true];`,
      replace: "skipping = true;",
      filter: "TextLines holds nothing of a line that is too long",
    },
  ]),
  ...protectionsOf({ file: "src/commands/mcp/api_tools.ts", test: "tests/unit/commands/mcp/api_tools_test.ts" }, [
    {
      name: "An argument cannot lead to another route",
      find: "encodeURIComponent(String(value))",
      replace: "String(value)",
      filter: "apiTools() asks the API, with what means something in a URL written as text",
    },
  ]),
  ...protectionsOf({ file: "src/http/client/ask_server.ts", test: "tests/unit/http/client/ask_server_test.ts" }, [
    {
      name: "No token goes over plain HTTP to another machine",
      find: `if (token && url.protocol === "http:" && !isLoopback(url.hostname)) {`,
      replace: `if (token && url.protocol === "") {`,
      filter: "parseServerUrl() refuses http://logs.example.com with a token",
    },
    {
      name: "A name that only begins like this machine's address gets no token",
      find: String.raw`/^127(?:\.\d{1,3}){3}$/`,
      replace: String.raw`/^127\./`,
      filter: "parseServerUrl() refuses http://127.0.0.1.example.com with a token",
    },
    {
      name: "A redirect takes no token elsewhere",
      find: `redirect: "manual",`,
      replace: `redirect: "follow",`,
      test: "tests/contract/remote_commands_test.ts",
      filter: "logs --url follows no redirect",
    },
  ]),
];
