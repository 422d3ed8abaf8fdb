/**
 * Where a query is written, with what it could go on with.
 *
 * @module
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { type Services, SEVERITIES } from "../api/answers.ts";
import { usePage } from "../page_context.ts";
import { fieldTerm } from "../text/query.ts";
import { visible } from "../text/safe.ts";
import { Picture } from "./icons.tsx";

/** What a box is for. */
export interface QueryBoxProps {
  readonly query: string;
  readonly onQuery: (query: string) => void;
  /** Attributes' names that were seen. */
  readonly attributes: readonly string[];
}

const FIELDS = ["service:", "severity>=", "severity:", "attr.", "after:", "before:", "timestamp>="];
const SUGGESTIONS_MAX = 12;

/** Draws it. */
export function QueryBox({ query, onQuery, attributes }: QueryBoxProps) {
  const { client } = usePage();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query);
  const [offered, setOffered] = useState<readonly string[]>([]);
  const [chosen, setChosen] = useState(-1);
  const word = useRef("");
  const asking = useRef(new AbortController());
  useEffect(() => setText(query), [query]);

  const offer = async (value: string, caret: number) => {
    const now = /(?:^|\s)(-?\S*)$/.exec(value.slice(0, caret))?.[1] ?? "";
    word.current = now;
    const begun = now.replace(/^-/, "");
    const service = /^service[:=]"?([^",]*)$/i.exec(begun)?.[1];
    setChosen(-1);
    asking.current.abort();
    if (service === undefined) return setOffered(wordsFor(begun, attributes));
    const { signal } = asking.current = new AbortController();
    const { services } = await client.get<Services>("v1/services", { prefix: service, limit: SUGGESTIONS_MAX }, signal)
      .catch((): Services => ({ services: [], next: null }));
    if (word.current === now) setOffered(services.map(({ service_name }) => fieldTerm("service", service_name)));
  };
  const close = () => {
    asking.current.abort();
    word.current = "";
    setOffered([]);
    setChosen(-1);
  };
  const take = (term: string) => {
    const element = input.current!;
    const caret = element.selectionStart ?? text.length;
    const begin = caret - word.current.length;
    const dash = word.current.startsWith("-") ? "-" : "";
    const open = /[:=.<>]$/.test(term);
    const before = `${text.slice(0, begin)}${dash}${term}${open ? "" : " "}`;
    const value = before + text.slice(caret).trimStart();
    setText(value);
    close();
    element.focus();
    requestAnimationFrame(() => {
      element.setSelectionRange(before.length, before.length);
      if (open) offer(value, before.length);
    });
  };
  const submit = () => {
    close();
    onQuery(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && offered.length > 0) {
      event.preventDefault();
      setChosen((chosen + step + offered.length + (chosen < 0 && step < 0 ? 1 : 0)) % offered.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      chosen >= 0 ? take(offered[chosen]!) : submit();
    } else if (event.key === "Tab" && chosen >= 0) {
      event.preventDefault();
      take(offered[chosen]!);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      offered.length > 0 ? close() : input.current!.blur();
    }
  };

  return (
    <div class="query-box">
      <Picture name="search" />
      <input
        ref={input}
        id="query"
        type="text"
        role="combobox"
        aria-label="Query"
        aria-expanded={offered.length > 0}
        aria-controls="query-words"
        aria-activedescendant={chosen >= 0 ? `query-word-${chosen}` : undefined}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        maxLength={4096}
        placeholder='service:alpha severity>=warn timeout "exact phrase"'
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          offer(currentTarget.value, currentTarget.selectionStart ?? 0);
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
      />
      {text !== "" && (
        <button
          type="button"
          class="query-clear"
          aria-label="Clear the query"
          onClick={() => (setText(""), onQuery(""))}
        >
          <Picture name="close" />
        </button>
      )}
      <ul id="query-words" role="listbox" aria-label="What the query could go on with" hidden={offered.length === 0}>
        {offered.map((term, i) => (
          <li
            key={term}
            id={`query-word-${i}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={(event) => (event.preventDefault(), take(term))}
          >
            {visible(term)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What a word that was begun could become; nothing for one that is whole. */
function wordsFor(begun: string, attributes: readonly string[]): string[] {
  if (begun === "") return [];
  const severity = /^(severity(?:>=|<=|[:=<>]))/i.exec(begun)?.[1];
  const all = severity === undefined
    ? [...FIELDS, ...attributes.map((name) => `attr.${name}:`)]
    : SEVERITIES.map((one) => `${severity}${one}`);
  const small = begun.toLowerCase();
  return all.filter((one) => one !== begun && one.toLowerCase().startsWith(small)).slice(0, SUGGESTIONS_MAX);
}
