/**
 * Questions over the page: a token, a confirmation, what the keys do.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useObservable } from "../observable.ts";
import { usePage } from "../page_context.ts";
import { Button } from "./controls.tsx";

/** A question over the page; the browser keeps the focus within it, and gives it back. */
export function Dialog({ title, onClose, children }: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current!;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog ref={element} class="dialog" aria-label={title} onCancel={(event) => (event.preventDefault(), onClose())}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

/** Those of the page. */
export function Dialogs() {
  const { tokenWanted, question, help } = usePage();
  const wanted = useObservable(tokenWanted);
  const asked = useObservable(question);
  const helping = useObservable(help);
  if (wanted !== undefined) return <TokenDialog />;
  if (asked !== undefined) {
    return (
      <Dialog title={asked.title} onClose={() => question.set(undefined)}>
        <ul class="consequences">{asked.lines.map((line) => <li key={line}>{line}</li>)}</ul>
        <div class="dialog-buttons">
          <Button onClick={() => question.set(undefined)}>Cancel</Button>
          <Button kind="danger" onClick={() => (question.set(undefined), asked.onYes())}>{asked.yes}</Button>
        </div>
      </Dialog>
    );
  }
  return helping ? <HelpDialog /> : null;
}

function TokenDialog() {
  const { tokenWanted, kept } = usePage();
  const failure = useObservable(tokenWanted)!;
  const [token, setToken] = useState("");
  const had = useObservable(kept.token) !== undefined;
  const close = () => tokenWanted.set(undefined);
  const submit = (event: Event) => {
    event.preventDefault();
    close();
    kept.setToken(token.trim());
  };
  return (
    <Dialog title={failure.title} onClose={close}>
      <p>{failure.detail}. Whoever runs this server has tokens. This one stays in this tab until it is closed.</p>
      <form onSubmit={submit}>
        <label class="field">
          <span>Token</span>
          <input
            type="password"
            autocomplete="off"
            autofocus
            value={token}
            onInput={({ currentTarget }) => setToken(currentTarget.value)}
          />
        </label>
        <div class="dialog-buttons">
          {had && <Button onClick={() => (close(), kept.setToken(undefined))}>Forget the one before</Button>}
          <Button onClick={close}>Cancel</Button>
          <button type="submit" class="button is-main" disabled={token.trim() === ""}>Use it</button>
        </div>
      </form>
    </Dialog>
  );
}

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["/", "Write a query"],
  ["j, k", "Next, previous row"],
  ["Enter", "Open it"],
  ["c", "View the open entry in context"],
  ["Esc", "Close; leave the query"],
  ["g then l, f, o, d, b", "Logs, follow, overview, dead letters, batches"],
  ["?", "This list"],
];

function HelpDialog() {
  const { help } = usePage();
  return (
    <Dialog title="Keys" onClose={() => help.set(false)}>
      <dl class="keys">
        {KEYS.map(([keys, does]) => [
          <dt key={keys}>
            <kbd>{keys}</kbd>
          </dt>,
          <dd key={`${keys} does`}>{does}</dd>,
        ])}
      </dl>
      <h3>Queries</h3>
      <dl class="keys">
        <dt>
          <code>timeout "connection refused"</code>
        </dt>
        <dd>words, and words in a row</dd>
        <dt>
          <code>service:alpha,beta severity&gt;=warn</code>
        </dt>
        <dd>services and severities</dd>
        <dt>
          <code>attr.trace:abc -healthz pre* *part*</code>
        </dt>
        <dd>attributes, without, parts of words</dd>
      </dl>
      <div class="dialog-buttons">
        <Button onClick={() => help.set(false)}>Close</Button>
      </div>
    </Dialog>
  );
}
