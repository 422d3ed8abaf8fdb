/**
 * What is said where a query finds nothing, and where else to look.
 *
 * @module
 */
import type { DeadLetterReasons, Page } from "../api/answers.ts";
import { usePage } from "../page_context.ts";
import { Button, Empty, ViewLink } from "../parts/controls.tsx";
import { count } from "../text/numbers.ts";
import { useAnswer } from "../use_answer.ts";
import type { Walk } from "./walk.ts";

/** Draws it. */
export function NoEntries({ page, query, walk }: {
  readonly page: Page;
  readonly query: string;
  readonly walk: Walk;
}) {
  return (
    <Empty title={page.nothing ?? (walk.has("next") ? "Nothing found yet" : "No entries in this range")}>
      {walk.has("next")
        ? <Button onClick={() => walk.more("next")}>Look further</Button>
        : query === ""
        ? <p>Once services publish, their entries are here. A longer range may have some.</p>
        : <p>A longer range, or fewer terms, may find some.</p>}
      <Unread />
    </Empty>
  );
}

/** Who misses a message may find it there. */
function Unread() {
  const { client } = usePage();
  const { value } = useAnswer<DeadLetterReasons>(
    "unread",
    (signal) => client.get("v1/dead-letter-reasons", { status: "open" }, signal),
  );
  const open = value?.reasons.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const link = <ViewLink view="dead-letters">dead {open === 1 ? "letter" : "letters"}</ViewLink>;
  return open === 0
    ? <p>A message that cannot be read as an entry would be among the {link}.</p>
    : <p>{count(open)} {open === 1 ? "message" : "messages"} could not be read as entries: see the {link}.</p>;
}
