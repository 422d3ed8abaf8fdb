/**
 * Buttons, links, choices, and what is shown where there is nothing else to show.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { View } from "../../http/page/views.ts";
import type { Failure } from "../api/failure.ts";
import { usePage } from "../page_context.ts";
import type { Parameters } from "../router.ts";
import { Picture, type PictureName } from "./icons.tsx";

/** What a button is. */
export interface ButtonProps {
  readonly onClick: () => void;
  readonly children?: ComponentChildren;
  readonly picture?: PictureName;
  /** What it does: the name of one with a picture only, and a hint beside a text. */
  readonly label?: string;
  readonly kind?: "plain" | "main" | "danger";
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}

/** A button. */
export function Button({ onClick, children, picture, label, kind = "plain", pressed, disabled = false }: ButtonProps) {
  return (
    <button
      type="button"
      class={`button is-${kind}${children === undefined ? " only-picture" : ""}`}
      onClick={onClick}
      aria-label={children === undefined ? label : undefined}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
    >
      {picture && <Picture name={picture} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

/** A link to a view: a click stays in the page, and whoever wants a tab of its own gets one. */
export function ViewLink({ view, parameters = {}, children, class: className, current, label }: {
  readonly view: View;
  readonly parameters?: Parameters;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly current?: boolean;
  readonly label?: string;
}) {
  const { router } = usePage();
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.go(view, parameters);
  };
  return (
    <a
      href={router.href(view, parameters)}
      class={className}
      onClick={onClick}
      aria-current={current === true ? "page" : undefined}
      aria-label={label}
      title={label}
    >
      {children}
    </a>
  );
}

/** One of a few. */
export function Choice<T extends string>({ label, value, choices, onChange }: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (readonly [value: T, text: string])[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <label class="choice">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value as T)}>
        {choices.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
      </select>
    </label>
  );
}

/** What is said in place of something. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** Why something is not there, and what to do. */
export function FailureNote({ failure, onAgain }: { readonly failure: Failure; readonly onAgain?: () => void }) {
  const { tokenWanted } = usePage();
  return (
    <div class={`note is-${failure.kind}`} role="alert">
      <strong>{failure.title}</strong>
      <span>{failure.detail}{failure.remedy === undefined ? "" : `: ${failure.remedy}`}</span>
      {(failure.kind === "token" || failure.kind === "right") &&
        <Button onClick={() => tokenWanted.set(failure)}>Enter a token</Button>}
      {onAgain && failure.kind !== "query" && <Button onClick={onAgain}>Try again</Button>}
    </div>
  );
}

/** A line that grows while something is on its way; it takes no room. */
export function Loading({ on }: { readonly on: boolean }) {
  return <div class={on ? "loading is-on" : "loading"} role="progressbar" aria-label="Loading" aria-hidden={!on} />;
}
