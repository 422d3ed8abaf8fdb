/**
 * Replaying a dead letter, perhaps with other fields, or dropping it: both after a question that says what will happen.
 *
 * @module
 */
import { useState } from "preact/hooks";
import { type DeadLetter, SEVERITIES } from "../api/answers.ts";
import { type Failure, failureFrom } from "../api/failure.ts";
import { usePage } from "../page_context.ts";
import { Button, FailureNote } from "../parts/controls.tsx";
import { visible } from "../text/safe.ts";

const FIELDS = [
  ["service_name", "Service"],
  ["severity", "Severity"],
  ["timestamp", "Timestamp"],
  ["payload", "Payload"],
] as const;

/** Draws it. */
export function SettleForm({ letter, onSettled }: { readonly letter: DeadLetter; readonly onSettled: () => void }) {
  const { client, question, notice, tokenWanted } = usePage();
  const [set, setSet] = useState<Readonly<Record<string, string>>>({});
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const given = Object.entries(set).filter(([, value]) => value !== "");
  const path = `v1/dead-letters/${encodeURIComponent(letter.id)}`;
  const settle = async (what: "replay" | "drop", body: unknown) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await client.post(`${path}/${what}`, body);
      notice.set(what === "replay" ? "Replayed: it is an entry now" : "Dropped");
      onSettled();
    } catch (error) {
      const failed = failureFrom(error);
      if (failed.kind === "token") tokenWanted.set(failed);
      setFailure(failed);
    }
    setBusy(false);
  };
  const replay = () =>
    question.set({
      title: "Replay this dead letter?",
      lines: [
        "Its message is decoded again and stored as an entry, with its own publish time, and counted.",
        given.length === 0
          ? "Its fields stay as they are in the message."
          : `These fields are set: ${
            given.map(([name, value]) => `${name} = ${visible(value.slice(0, 60))}`).join(", ")
          }.`,
        "Where it still cannot be read, nothing changes, and the reason is shown.",
      ],
      yes: "Replay it",
      onYes: () => settle("replay", given.length === 0 ? {} : { set: Object.fromEntries(given) }),
    });
  const drop = () =>
    question.set({
      title: "Drop this dead letter?",
      lines: [
        "It will never become an entry: this cannot be taken back here.",
        "It stays in its table as dropped, with its data.",
        "Should its message be delivered again, it is settled and not stored.",
      ],
      yes: "Drop it",
      onYes: () => settle("drop", {}),
    });

  return (
    <div class="settle">
      <details>
        <summary>Set fields for the replay</summary>
        <div class="settle-fields">
          {FIELDS.map(([name, title]) => (
            <label key={name} class="field">
              <span>{title}</span>
              {name === "severity"
                ? (
                  <select
                    value={set[name] ?? ""}
                    onChange={({ currentTarget }) => setSet({ ...set, [name]: currentTarget.value })}
                  >
                    <option value="">as in the message</option>
                    {SEVERITIES.map((one) => <option key={one} value={one}>{one}</option>)}
                  </select>
                )
                : (
                  <input
                    value={set[name] ?? ""}
                    placeholder={name === "payload" ? "@data: the message's whole text" : "as in the message"}
                    onInput={({ currentTarget }) => setSet({ ...set, [name]: currentTarget.value })}
                  />
                )}
            </label>
          ))}
        </div>
      </details>
      <div class="detail-tools">
        <Button kind="main" disabled={busy} onClick={replay}>Replay…</Button>
        <Button kind="danger" disabled={busy} onClick={drop}>Drop…</Button>
      </div>
      {failure && <FailureNote failure={failure} />}
    </div>
  );
}
