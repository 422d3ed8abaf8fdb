/**
 * All of a transaction that the ledger has.
 *
 * @module
 */
import type { Batch } from "../api/answers.ts";
import { Button, Empty, ViewLink } from "../parts/controls.tsx";
import { Moment } from "../parts/text.tsx";
import { bytes, count } from "../text/numbers.ts";
import { duration } from "../text/time.ts";

/** Why a batch was written. */
export const CAUSES: Readonly<Record<Batch["cause"], string>> = {
  count: "It had as many messages as a batch has",
  bytes: "It had as many bytes as a batch has",
  interval: "Its first message had waited long enough",
  end: "The monitor came to its end",
  split: "It is a part of one that the database refused",
  replay: "A dead letter was replayed",
  restore: "Entries were restored",
  adopt: "Rows of the version before were adopted",
};

/** Draws it. @param props.batch `undefined`: it is none of those that are listed. */
export function FlushDetail({ batch, onInstance, onClose }: {
  readonly batch: Batch | undefined;
  readonly onInstance: (instance: number) => void;
  readonly onClose: () => void;
}) {
  return (
    <aside class="detail" aria-label="Flush">
      <header class="detail-head">
        <h2>{batch ? <>Flush by {batch.cause}</> : "Flush"}</h2>
        <Button picture="close" label="Close (Esc)" onClick={onClose} />
      </header>
      {batch === undefined
        ? (
          <Empty title="This flush is not among those listed">
            <p>A longer range, or another cause, may have it.</p>
          </Empty>
        )
        : <FlushParts batch={batch} onInstance={onInstance} />}
    </aside>
  );
}

function FlushParts({ batch, onInstance }: {
  readonly batch: Batch;
  readonly onInstance: (instance: number) => void;
}) {
  const { publish_time_first: first, publish_time_last: last } = batch;
  return (
    <div class="detail-body">
      <p>{CAUSES[batch.cause]}.</p>
      <div class="detail-tools">
        {first !== null && last !== null && (
          <ViewLink view="logs" parameters={{ from: first, to: after(last) }} class="button is-main">
            Entries of then
          </ViewLink>
        )}
        <Button label="Only of this monitor" onClick={() => onInstance(batch.instance)}>
          Monitor #{batch.instance}
        </Button>
      </div>
      <dl class="fields">
        <dt>Written</dt>
        <dd>
          <Moment moment={batch.created_at} />{" "}
          <span class="faint">
            (<Moment moment={batch.created_at} live />)
          </span>
        </dd>
        <dt>Entries</dt>
        <dd>{count(batch.entries)}</dd>
        <dt>Dead letters</dt>
        <dd class={batch.dead_letters > 0 ? "is-error" : ""}>{count(batch.dead_letters)}</dd>
        <dt>Duplicates</dt>
        <dd>{count(batch.duplicates)}</dd>
        <dt>Size</dt>
        <dd>{bytes(batch.bytes)}</dd>
        <dt>Write</dt>
        <dd>{batch.write_ms.toFixed(1)} ms</dd>
        {first !== null && (
          <>
            <dt>Published</dt>
            <dd>
              <Moment moment={first} /> {last !== null && last !== first && (
                <>
                  to <Moment moment={last} />
                </>
              )}
            </dd>
            <dt>Lag</dt>
            <dd>{lagOf(batch)} from the first publish to the commit</dd>
          </>
        )}
        <dt>Batch</dt>
        <dd>
          <code class="breaks">{batch.id}</code>
        </dd>
      </dl>
    </div>
  );
}

/** From the publishing of its oldest message to the commit. */
export function lagOf({ created_at, publish_time_first: first }: Batch): string {
  return first === null ? "–" : duration(Math.max(0, Date.parse(created_at) - Date.parse(first)));
}

/** Of a range's end, which is not in it. */
function after(moment: string): string {
  return new Date(Date.parse(moment) + 1).toISOString();
}
