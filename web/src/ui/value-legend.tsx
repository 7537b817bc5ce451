import { formatValue } from "../chart/index.ts";
import { hoveredRun } from "../state/shown.ts";
import type { ChartController } from "./chart-controller.ts";
import { LineSwatch } from "./line-swatch.tsx";

const MOST = 200;

function lastFinite(values: Float64Array): number {
  return values.findLast((v) => Number.isFinite(v)) ?? Number.NaN;
}

/** Lines in the order of their values: at the cursor, or without one their last. */
export function ValueLegend({ controller }: { controller: ChartController }) {
  const readings = new Map(controller.readings.value.map(({ id, value }) => [id, value]));
  const rows = controller.lines.value
    .filter((line) => !line.faint)
    .map((line) => ({ line, value: readings.size > 0 ? readings.get(line.id) : lastFinite(line.values) }))
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
  return (
    <ol class="value-legend" data-testid="value-legend" aria-label={readings.size > 0 ? "Values at the cursor" : "Last values"}>
      {rows.slice(0, MOST).map(({ line, value }) => (
        <li
          key={line.id}
          class={hoveredRun.value === line.id ? "hovered" : undefined}
          onPointerEnter={() => (hoveredRun.value = line.id)}
          onPointerLeave={() => (hoveredRun.value = null)}
        >
          <LineSwatch color={line.color} dash={line.dash} />
          <span class="ellipsis" title={line.label}>
            {line.label}
          </span>
          <span class="value">{value === undefined ? "–" : formatValue(value)}</span>
        </li>
      ))}
    </ol>
  );
}
