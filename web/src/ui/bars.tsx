import type { Run } from "../api/types.ts";
import { formatValue } from "../chart/index.ts";
import { barsOf } from "../state/bars.ts";
import { inkOf } from "../state/inks.ts";
import { hoveredRun } from "../state/shown.ts";

/** One bar per run, for a metric that each logged once. */
export function Bars({ metric, runs }: { metric: string; runs: readonly Run[] }) {
  const bars = barsOf(metric, runs);
  return (
    <ol class="bars" data-testid="bars" tabIndex={0} aria-label={`${metric}: one value per run, the greatest first`}>
      {bars.map(({ run, value, from, to }) => (
        <li
          key={run.id}
          class={hoveredRun.value === run.id ? "hovered" : undefined}
          onPointerEnter={() => (hoveredRun.value = run.id)}
          onPointerLeave={() => (hoveredRun.value = null)}
        >
          <span class="bar-name ellipsis" title={run.name}>
            {run.name}
          </span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%`, backgroundColor: inkOf(run).color }} />
          </span>
          <span class="value">{value === null ? "NaN" : formatValue(value)}</span>
        </li>
      ))}
    </ol>
  );
}
