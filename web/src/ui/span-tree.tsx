import { useState } from "preact/hooks";
import { formatDuration } from "../chart/index.ts";
import { pretty } from "../state/messages.ts";
import { spanRows } from "../state/spans.ts";
import type { SpanRow } from "../state/spans.ts";
import { plural } from "./format.ts";

const AT_ONCE = 200;
const INDENT = 14;

/** Fields that the line itself tells. */
const TOLD = new Set(["id", "name", "kind", "parent_id", "start_time", "end_time", "duration_ms"]);

function lengthText(seconds: number | null): string {
  if (seconds === null) return "";
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : formatDuration(seconds);
}

function Line({ row, whole }: { row: SpanRow; whole: number }) {
  const details = Object.entries(row.span).filter(([name, value]) => !TOLD.has(name) && value !== null);
  const per = whole > 0 ? 100 / whole : 0;
  const bar = { left: `${(row.start ?? 0) * per}%`, width: `${(row.seconds ?? 0) * per}%` };
  return (
    <details class={`span${row.error === null ? "" : " span-failed"}`} data-testid="span">
      <summary>
        <span class="span-name" style={{ paddingLeft: `${row.depth * INDENT}px` }}>
          <b class="ellipsis" title={row.name}>
            {row.name}
          </b>
          {row.kind !== "" && <span class={`chip kind-${row.kind}`}>{row.kind}</span>}
        </span>
        <span class="span-time">{row.start !== null && <i style={bar} />}</span>
        <span class="span-long">{lengthText(row.seconds)}</span>
      </summary>
      <dl class="trace-facts">
        {row.error !== null && (
          <div>
            <dt>error</dt>
            <dd class="bad">{row.error}</dd>
          </div>
        )}
        {details
          .filter(([name]) => name !== "error")
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <pre>{pretty(value)}</pre>
              </dd>
            </div>
          ))}
      </dl>
    </details>
  );
}

/** What was done behind a conversation: a tree, each line with a bar on the time that all of it took. */
export function SpanTree({ spans }: { spans: readonly Record<string, unknown>[] }) {
  const [most, setMost] = useState(AT_ONCE);
  const { rows, seconds } = spanRows(spans);
  return (
    <section class="spans" data-testid="spans" aria-label="Spans">
      <h4 class="message-role">
        {plural(rows.length, "span")}
        <span class="faint">{lengthText(seconds || null)}</span>
      </h4>
      {rows.slice(0, most).map((row, at) => (
        <Line key={at} row={row} whole={seconds} />
      ))}
      {rows.length > most && (
        <button type="button" class="button" onClick={() => setMost(most + AT_ONCE)}>
          Show more
        </button>
      )}
    </section>
  );
}
