/**
 * Which stretch of time is looked at: until now, or between two moments.
 *
 * @module
 */
import { useEffect, useState } from "preact/hooks";
import { usePreferences } from "../page_context.ts";
import type { Parameters } from "../router.ts";
import type { RangeParameters } from "../text/range.ts";
import { fieldMoment, fieldValue, shortMoment } from "../text/time.ts";
import { Button } from "./controls.tsx";

const QUICK: readonly (readonly [since: string, text: string])[] = [
  ["-5m", "Last 5 minutes"],
  ["-15m", "Last 15 minutes"],
  ["-1h", "Last hour"],
  ["-6h", "Last 6 hours"],
  ["-24h", "Last 24 hours"],
  ["-7d", "Last 7 days"],
  ["-30d", "Last 30 days"],
];

/** Draws it. */
export function RangePicker({ range, onRange }: {
  readonly range: RangeParameters;
  readonly onRange: (range: Parameters) => void;
}) {
  const { zone } = usePreferences();
  const [custom, setCustom] = useState(false);
  const { since, from = "", to = "" } = range;
  const [ends, setEnds] = useState({ from, to });
  useEffect(() => setEnds({ from, to }), [from, to]);
  const known = QUICK.some(([value]) => value === since);
  const name = since ?? `${shortEnd(from, zone)} – ${to === "" ? "now" : shortEnd(to, zone)}`;
  const value = since === undefined ? "ends" : since;
  const choose = (chosen: string) => {
    if (chosen === "custom") setCustom(true);
    else if (chosen !== "ends") {
      setCustom(false);
      onRange({ since: chosen, from: "", to: "" });
    }
  };
  const end = (which: "from" | "to", label: string) => (
    <label>
      <span>{label}</span>
      <input
        type="datetime-local"
        step="1"
        value={fieldValue(ends[which], zone)}
        onInput={({ currentTarget }) => setEnds({ ...ends, [which]: fieldMoment(currentTarget.value, zone) })}
      />
    </label>
  );

  return (
    <div class="range">
      <select
        aria-label="Time range"
        value={custom ? "custom" : value}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {(since === undefined || !known) && <option value={value}>{name}</option>}
        {QUICK.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        <option value="custom">Custom…</option>
      </select>
      {custom && (
        <form
          class="range-ends"
          onSubmit={(event) => {
            event.preventDefault();
            setCustom(false);
            onRange({ since: "", ...ends });
          }}
        >
          {end("from", `From (${zone === "utc" ? "UTC" : "local"})`)}
          {end("to", "To")}
          <button type="submit" class="button is-main" disabled={ends.from === ""}>Show</button>
          <Button onClick={() => setCustom(false)}>Cancel</Button>
        </form>
      )}
    </div>
  );
}

function shortEnd(moment: string, zone: "local" | "utc"): string {
  return Number.isNaN(Date.parse(moment)) ? moment : shortMoment(moment, zone).slice(0, -4);
}
