/**
 * What could not be stored as an entry, and what becomes of it.
 *
 * @module
 */
import { useState } from "preact/hooks";
import type { DeadLetterReasons, DeadLetters, DeadLetterSummary } from "../api/answers.ts";
import { LetterDetail } from "../dead_letters/letter_detail.tsx";
import { REASONS } from "../dead_letters/reasons.ts";
import { usePage, useParameters } from "../page_context.ts";
import { Button, Choice, Empty, FailureNote, Loading } from "../parts/controls.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { bytes, count } from "../text/numbers.ts";
import { useAnswer } from "../use_answer.ts";

const LIMIT = 100;
const REFRESH_MS = 10_000;
const STATUSES = [["open", "Open"], ["replayed", "Replayed"], ["dropped", "Dropped"], ["all", "All"]] as const;

/** Draws it. */
export function DeadLettersView() {
  const { client } = usePage();
  const [parameters, change] = useParameters();
  const { status = "open", reason = "", open } = parameters;
  const asked = { status, reason, limit: LIMIT };
  const key = JSON.stringify(asked);
  const groups = useAnswer<DeadLetterReasons>(
    `reasons ${status}`,
    (signal) => client.get("v1/dead-letter-reasons", { status }, signal),
    { everyMs: REFRESH_MS },
  );
  const { value, failure, loading, again } = useAnswer<DeadLetters>(
    key,
    (signal) => client.get("v1/dead-letters", asked, signal),
    { everyMs: REFRESH_MS },
  );
  const [older, setOlder] = useState<{ readonly key: string; readonly page: DeadLetters }>();
  const further = older?.key === key ? older.page : undefined;
  const letters = [...value?.dead_letters ?? [], ...further?.dead_letters ?? []];
  const next = (further ?? value)?.next;
  const more = async () => {
    const page = await client.get<DeadLetters>("v1/dead-letters", { ...asked, after: next! }).catch(() => undefined);
    if (page === undefined) return;
    setOlder({ key, page: { ...page, dead_letters: [...further?.dead_letters ?? [], ...page.dead_letters] } });
  };
  const total = groups.value?.reasons.reduce((sum, { count }) => sum + count, 0) ?? 0;

  return (
    <div class={open === undefined ? "view" : "view has-detail"}>
      <div class="bar">
        <Choice
          label="Which"
          value={status}
          choices={STATUSES}
          onChange={(status) => change({ status: status === "open" ? "" : status, open: "" })}
        />
        <div class="segments" role="group" aria-label="Reason">
          <Button pressed={reason === ""} onClick={() => change({ reason: "" })}>{`All ${count(total)}`}</Button>
          {groups.value?.reasons.map((group) => (
            <Button
              key={group.reason}
              pressed={reason === group.reason}
              label={REASONS[group.reason]}
              onClick={() => change({ reason: group.reason, open: "" })}
            >
              {`${group.reason.replaceAll("_", " ")} ${count(group.count)}`}
            </Button>
          ))}
        </div>
      </div>
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      <div class="split">
        <div class="list-box is-scrolling">
          <Loading on={loading && value === undefined} />
          {value !== undefined && letters.length === 0
            ? (
              <Empty title={status === "open" ? "No open dead letters" : "No dead letters of this kind"}>
                <p>
                  A message that cannot be read as an entry is parked here, whole, until somebody replays or drops it.
                </p>
              </Empty>
            )
            : (
              <Table
                label="Dead letters"
                columns={COLUMNS}
                rows={letters}
                keyOf={({ id }) => id}
                current={open}
                onRow={({ id }) => change({ open: id }, { replace: open !== undefined })}
              />
            )}
          {typeof next === "string" && (
            <div class="list-end">
              <Button onClick={more}>More</Button>
            </div>
          )}
        </div>
        {open !== undefined && (
          <LetterDetail
            key={open}
            id={open}
            onClose={() => change({ open: "" })}
            onSettled={() => {
              again();
              groups.again();
            }}
          />
        )}
      </div>
    </div>
  );
}

const COLUMNS: readonly Column<DeadLetterSummary>[] = [
  { name: "Published", cell: ({ publish_time }) => <Moment moment={publish_time} /> },
  { name: "Reason", cell: ({ reason }) => reason.replaceAll("_", " ") },
  { name: "Detail", cell: ({ detail }) => <Foreign text={detail} line /> },
  { name: "Status", wide: true, cell: ({ status }) => status },
  { name: "Size", number: true, wide: true, cell: (letter) => bytes(letter.bytes) },
  {
    name: "Message",
    wide: true,
    cell: ({ message_id }) => (
      <code>
        <Foreign text={message_id} line />
      </code>
    ),
  },
];
