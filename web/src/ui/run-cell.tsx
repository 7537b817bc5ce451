import type { Run } from "../api/types.ts";
import { formatDuration } from "../chart/index.ts";
import { lineIn } from "../state/columns.ts";
import type { Column } from "../state/columns.ts";
import { aggregateOf } from "../state/table-rows.ts";
import { ago, durationOf, exactText, moments, plural, shortText } from "./format.ts";
import { LiveStatus } from "./run-pulse.tsx";
import { RunStatus } from "./run-status.tsx";
import { Sparkline } from "./sparkline.tsx";

/** What stands in a cell, as text. */
export function cellText(run: Run, column: Column): string {
  const value = column.value(run);
  if (column.id === "duration") return durationOf(run);
  if (column.id === "started" || column.id === "last_activity") return ago(value as number);
  if (column.id === "tags") return run.tags.join(", ") || "–";
  return column.part === "metric" ? shortText(value) : exactText(value);
}

function titleOf(run: Run, column: Column, text: string): string | undefined {
  if (column.id === "started" || column.id === "last_activity") return moments(column.value(run) as number);
  if (column.part === "metric") return exactText(column.value(run));
  return text.length > 12 ? text : undefined;
}

export function RunCell({ run, column }: { run: Run; column: Column }) {
  if (column.id === "status" && run.status === "running") return <LiveStatus run={run} word />;
  if (column.id === "status") return <RunStatus status={run.status} error={run.error} word />;
  if (column.id === "tags" && run.tags.length > 0) {
    return (
      <span title={run.tags.join(", ")}>
        {run.tags.map((tag) => (
          <bdi class="chip" key={tag}>
            {tag}
          </bdi>
        ))}
      </span>
    );
  }
  const metric = lineIn(column);
  if (metric !== null) return <Sparkline run={run} metric={metric} />;
  const text = cellText(run, column);
  return <bdi title={titleOf(run, column, text)}>{text}</bdi>;
}

/** What a column is over a group of runs: of numbers the mean, of anything else what all have in common. */
export function GroupCell({ runs, column }: { runs: readonly Run[]; column: Column }) {
  if (column.id === "started" || column.id === "last_activity" || column.id === "id" || lineIn(column) !== null) return null;
  const found = aggregateOf(runs, column);
  if (found === null) return <>–</>;
  if ("common" in found) return <bdi>{exactText(found.common)}</bdi>;
  if ("different" in found) return <span class="faint">{plural(found.different, "value")}</span>;
  const { mean, min, max, count } = found;
  const text = column.id === "duration" ? formatDuration : shortText;
  if (min === max) return <>{column.part === "config" ? exactText(mean) : text(mean)}</>;
  return <span title={`mean of ${count}: ${text(mean)}\nfrom ${text(min)} to ${text(max)}`}>⌀ {text(mean)}</span>;
}
