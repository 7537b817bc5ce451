import type { Run } from "../api/types.ts";
import { show } from "../state/address.ts";
import { inkOf } from "../state/inks.ts";
import { hoveredRun } from "../state/shown.ts";
import type { Dimension } from "../state/sweep.ts";

interface Props {
  runs: readonly Run[];
  x: Dimension;
  y: Dimension;
  inside: readonly boolean[];
}

/** One point per run over two quantities. */
export function ScatterPlot({ runs, x, y, inside }: Props) {
  return (
    <div class="scatter" data-testid="scatter" role="group" aria-label={`${y.title} over ${x.title} of ${runs.length} runs`}>
      <div class="scatter-area">
        {y.ticks.map(({ place, label }) => (
          <span key={label} class="scatter-y" style={{ bottom: `${place * 100}%` }}>
            <span>{label}</span>
          </span>
        ))}
        {x.ticks.map(({ place, label }) => (
          <span key={label} class="scatter-x" style={{ left: `${place * 100}%` }}>
            <span class="ellipsis">{label}</span>
          </span>
        ))}
        {runs.map((run, i) => {
          const [left, bottom] = [x.places[i], y.places[i]];
          if (left === null || bottom === null || left === undefined || bottom === undefined) return null;
          return (
            <button
              key={run.id}
              type="button"
              class={`scatter-point${hoveredRun.value === run.id ? " hovered" : ""}${inside[i] ? "" : " outside"}`}
              style={{ left: `${left * 100}%`, bottom: `${bottom * 100}%`, backgroundColor: inkOf(run).color }}
              title={`${run.name}\n${x.title}: ${x.texts[i]}\n${y.title}: ${y.texts[i]}`}
              aria-label={`${run.name}: ${y.texts[i]} at ${x.texts[i]}`}
              onPointerEnter={() => (hoveredRun.value = run.id)}
              onPointerLeave={() => (hoveredRun.value = null)}
              onClick={() => show({ tab: "runs", selectedRun: run.id })}
            />
          );
        })}
      </div>
    </div>
  );
}
