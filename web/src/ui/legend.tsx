import type { Run } from "../api/types.ts";
import { hoveredRun } from "../state/runs.ts";
import { Swatch } from "./swatch.tsx";

/** Names of the lines, where no list of runs stands beside them. */
export function Legend({ runs, most }: { runs: readonly Run[]; most: number }) {
  return (
    <ul class="legend">
      {runs.slice(0, most).map((run) => (
        <li key={run.id} onPointerEnter={() => (hoveredRun.value = run.id)} onPointerLeave={() => (hoveredRun.value = null)}>
          <Swatch slot={run.slot} />
          <span class="ellipsis">{run.name}</span>
        </li>
      ))}
      {runs.length > most && <li class="faint">+{runs.length - most} more</li>}
    </ul>
  );
}
