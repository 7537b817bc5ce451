import type { Line } from "../chart/index.ts";
import { hoveredRun } from "../state/shown.ts";
import { LineSwatch } from "./line-swatch.tsx";

/** Names of the lines, where no list of runs stands beside them. */
export function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul class="legend" tabIndex={0} aria-label="Lines">
      {lines
        .filter((line) => !line.faint)
        .slice(0, 60)
        .map((line) => (
          <li key={line.id} onPointerEnter={() => (hoveredRun.value = line.id)} onPointerLeave={() => (hoveredRun.value = null)}>
            <LineSwatch color={line.color} dash={line.dash} />
            <span class="ellipsis">{line.label}</span>
          </li>
        ))}
    </ul>
  );
}
