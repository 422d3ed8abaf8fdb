/**
 * All of a dead letter, and what can be done about it.
 *
 * @module
 */
import { useMemo } from "preact/hooks";
import type { DeadLetter } from "../api/answers.ts";
import { usePage } from "../page_context.ts";
import { Button, FailureNote, Loading, ViewLink } from "../parts/controls.tsx";
import { Foreign, Moment } from "../parts/text.tsx";
import { bytes } from "../text/numbers.ts";
import { useAnswer } from "../use_answer.ts";
import { bytesOf, hexDump } from "./hex.ts";
import { REASONS } from "./reasons.ts";
import { SettleForm } from "./settle_form.tsx";

/** Bytes shown; a browser draws no more in a moment. */
const HEX_MAX = 4_096;
/** Characters shown of a text. */
const TEXT_MAX = 64 * 1024;

/** Draws it. */
export function LetterDetail({ id, onClose, onSettled }: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onSettled: () => void;
}) {
  const { client } = usePage();
  const { value: letter, failure, loading, again } = useAnswer<DeadLetter>(
    id,
    (signal) => client.get(`v1/dead-letters/${encodeURIComponent(id)}`, {}, signal),
    { keep: false },
  );
  const hex = useMemo(() => letter && hexDump(bytesOf(letter.data_base64), HEX_MAX), [letter]);
  return (
    <aside class="detail" aria-label="Dead letter">
      <Loading on={loading && letter === undefined} />
      <header class="detail-head">
        <h2>{letter ? REASONS[letter.reason] : "Dead letter"}</h2>
        <Button picture="close" label="Close (Esc)" onClick={onClose} />
      </header>
      {failure !== undefined && <FailureNote failure={failure} onAgain={again} />}
      {letter && (
        <div class="detail-body">
          <p class="letter-detail">
            <Foreign text={letter.detail} />
          </p>
          {letter.status === "open" ? <SettleForm letter={letter} onSettled={() => (onSettled(), again())} /> : (
            <p>
              It was {letter.status} <Moment moment={letter.updated_at} live />. {letter.status === "replayed" &&
                <ViewLink view="context" parameters={{ id: letter.id }}>The entry that it became</ViewLink>}
            </p>
          )}
          <h3>{letter.data_text === null ? "Data (no text)" : "Data"}, {bytes(letter.bytes)}</h3>
          {letter.data_text !== null && (
            <pre class="payload" tabIndex={0} aria-label="Data as text"><Foreign text={cut(letter.data_text)} /></pre>
          )}
          <details open={letter.data_text === null}>
            <summary>Bytes</summary>
            <pre class="payload is-bytes" tabIndex={0} aria-label="Data as bytes">{hex}</pre>
          </details>
          <h3>Message</h3>
          <dl class="fields">
            <dt>Published</dt>
            <dd>
              <Moment moment={letter.publish_time} />{" "}
              <span class="faint">
                (<Moment moment={letter.publish_time} live />)
              </span>
            </dd>
            <dt>Parked</dt>
            <dd>
              <Moment moment={letter.created_at} />
            </dd>
            <dt>Message</dt>
            <dd>
              <code>
                <Foreign text={letter.message_id} />
              </code>
            </dd>
            <dt>Id</dt>
            <dd>
              <code class="breaks">{letter.id}</code>
            </dd>
            {Object.entries(letter.attributes).map(([name, value]) => [
              <dt key={`${name} name`}>
                <Foreign text={name} line />
              </dt>,
              <dd key={`${name} value`}>
                <Foreign text={value} />
              </dd>,
            ])}
          </dl>
        </div>
      )}
    </aside>
  );
}

function cut(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
}
