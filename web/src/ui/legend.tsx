import { useComputed } from "@preact/signals";
import type { Line } from "../chart/index.ts";
import { hoveredRun } from "../state/shown.ts";
import type { ChartController } from "./chart-controller.ts";
import { LineSwatch } from "./line-swatch.tsx";

const MOST = 60;

type Named = Pick<Line, "id" | "label" | "color" | "dash">;

function namesOf(lines: readonly Line[]): Named[] {
  const drawn = lines.filter((line) => !line.faint).slice(0, MOST);
  return drawn.map(({ id, label, color, dash }) => ({ id, label, color, dash }));
}

/** Names of the lines, where no list of runs stands beside them. */
export function Legend({ controller }: { controller: ChartController }) {
  // As text, which compares by value: other points make no other names.
  const names = useComputed(() => JSON.stringify(namesOf(controller.lines.value))).value;
  return (
    <ul class="legend" tabIndex={0} aria-label="Lines">
      {(JSON.parse(names) as Named[]).map((line) => (
        <li key={line.id} onPointerEnter={() => (hoveredRun.value = line.id)} onPointerLeave={() => (hoveredRun.value = null)}>
          <LineSwatch color={line.color} dash={line.dash} />
          <span class="ellipsis">{line.label}</span>
        </li>
      ))}
    </ul>
  );
}
