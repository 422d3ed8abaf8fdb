/**
 * All of an entry, and what can be done with it.
 *
 * @module
 */
import type { Entry } from "../api/answers.ts";
import { usePage } from "../page_context.ts";
import { Button, FailureNote, Loading, ViewLink } from "../parts/controls.tsx";
import { Foreign, Moment, SeverityMark } from "../parts/text.tsx";
import { attributeField, fieldTerm } from "../text/query.ts";
import { useAnswer } from "../use_answer.ts";

/** What is shown. */
export interface EntryDetailProps {
  readonly id: string;
  /** Where it is loaded already. */
  readonly entry: Entry | undefined;
  readonly onClose: () => void;
  /** Adds a term to the query; absent: there is none here. */
  readonly onTerm?: (term: string) => void;
  readonly columns: readonly string[];
  readonly onColumn: (name: string) => void;
}

/** Draws it. */
export function EntryDetail(props: EntryDetailProps) {
  const { client } = usePage();
  const { id, entry: loaded, onClose } = props;
  const { value, failure, loading, again } = useAnswer<Entry>(
    id,
    (signal) => loaded ? Promise.resolve(loaded) : client.get(`v1/logs/${encodeURIComponent(id)}`, {}, signal),
    { keep: false },
  );
  const entry = value?.id === id ? value : loaded;
  return (
    <aside class="detail" aria-label="Entry">
      <Loading on={loading && entry === undefined} />
      <header class="detail-head">
        {entry && <SeverityMark severity={entry.severity} />}
        <h2>{entry ? <Foreign text={entry.service_name} line /> : "Entry"}</h2>
        <Button picture="close" label="Close (Esc)" onClick={onClose} />
      </header>
      {failure !== undefined && entry === undefined && <FailureNote failure={failure} onAgain={again} />}
      {entry && <EntryParts {...props} entry={entry} />}
    </aside>
  );
}

function EntryParts({ entry, onTerm, columns, onColumn }: EntryDetailProps & { readonly entry: Entry }) {
  const { router, notice } = usePage();
  const json = prettyJson(entry.payload);
  const lagMs = Date.parse(entry.publish_time) - Date.parse(entry.timestamp);
  const copy = async (what: string, text: string) => {
    const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
    notice.set(done ? `${what} copied` : `The browser does not let the page copy the ${what.toLowerCase()}`);
  };
  const terms = (field: string, value: string) => onTerm && <TermButtons {...{ field, value, onTerm }} />;
  return (
    <div class="detail-body">
      <div class="detail-tools">
        <ViewLink view="context" parameters={{ id: entry.id }} class="button is-main">View in context</ViewLink>
        <Button picture="copy" label="Copy the payload as text" onClick={() => copy("Text", entry.payload)}>
          Text
        </Button>
        <Button
          picture="copy"
          label="Copy the entry as JSON"
          onClick={() => copy("JSON", JSON.stringify(entry, null, 2))}
        >
          JSON
        </Button>
        <Button
          picture="link"
          label="Copy a link to this entry"
          onClick={() => copy("Link", router.url("context", { id: entry.id, open: entry.id }))}
        >
          Link
        </Button>
      </div>
      <h3>Payload{json !== undefined && " (JSON)"}</h3>
      <pre class="payload" tabIndex={0} aria-label="Payload"><Foreign text={json ?? entry.payload} /></pre>
      <h3>Fields</h3>
      <dl class="fields">
        <dt>Service</dt>
        <dd>
          <Foreign text={entry.service_name} />
          {terms("service", entry.service_name)}
        </dd>
        <dt>Severity</dt>
        <dd>
          <SeverityMark severity={entry.severity} />
          {terms("severity", entry.severity)}
        </dd>
        <dt>Published</dt>
        <dd>
          <Moment moment={entry.publish_time} />{" "}
          <span class="faint">
            (<Moment moment={entry.publish_time} live />)
          </span>
        </dd>
        <dt>Happened</dt>
        <dd>
          <Moment moment={entry.timestamp} /> {lagMs !== 0 && <span class="faint">{lagText(lagMs)}</span>}
        </dd>
        <dt>Stored</dt>
        <dd>
          <Moment moment={entry.created_at} />
        </dd>
        <dt>Message</dt>
        <dd>
          <code>
            <Foreign text={entry.message_id} />
          </code>
        </dd>
        <dt>Batch</dt>
        <dd>{entry.batch === null ? <span class="faint">not adopted yet</span> : <code>{entry.batch}</code>}</dd>
        <dt>Id</dt>
        <dd>
          <code class="breaks">{entry.id}</code>
        </dd>
      </dl>
      {Object.keys(entry.attributes).length > 0 && <h3>Attributes</h3>}
      <dl class="fields">
        {Object.entries(entry.attributes).map(([name, value]) => [
          <dt key={`${name} name`}>
            <Foreign text={name} line />
          </dt>,
          <dd key={`${name} value`}>
            <Foreign text={value} />
            {terms(attributeField(name), value)}
            <Button
              picture="list"
              label={columns.includes(name) ? `Hide the column ${name}` : `Show ${name} as a column`}
              pressed={columns.includes(name)}
              onClick={() => onColumn(name)}
            />
          </dd>,
        ])}
      </dl>
    </div>
  );
}

function TermButtons({ field, value, onTerm }: {
  readonly field: string;
  readonly value: string;
  readonly onTerm: (term: string) => void;
}) {
  const term = fieldTerm(field, value);
  return (
    <span class="term-buttons">
      <Button picture="plus" label={`Only ${field} with this value`} onClick={() => onTerm(term)} />
      <Button picture="minus" label={`Without ${field} of this value`} onClick={() => onTerm(`-${term}`)} />
    </span>
  );
}

function lagText(ms: number): string {
  const seconds = Math.abs(ms) < 10_000 ? `${Math.abs(ms)} ms` : `${Math.round(Math.abs(ms) / 1000)} s`;
  return ms > 0 ? `${seconds} before it was published` : `${seconds} after it was published`;
}

/** Only of what is an object or a list: a lone number is a text like any other. */
function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}
