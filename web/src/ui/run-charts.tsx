import type { Run } from "../api/types.ts";
import { project } from "../state/address.ts";
import { chartSections } from "../state/cards.ts";
import { natural } from "../state/natural.ts";
import { Charts, ChartSections } from "./chart-grid.tsx";
import { Fold } from "./fold.tsx";
import { FullChart } from "./full-chart.tsx";

/** Charts of all that these runs logged; the page that they stand on shows no others. */
export function RunCharts({ runs }: { runs: readonly Run[] }) {
  const names = [...new Set(runs.flatMap((run) => Object.keys(run.summary)))].sort(natural);
  return (
    <div class="run-charts" data-testid="run-charts">
      <ChartSections>
        {chartSections(names).map(({ title, names: mine }) => (
          <Fold key={title} id={`charts:${project.value}:${title}`} title={title || "charts"} count={mine.length} single={mine.length === 1}>
            <Charts names={mine} />
          </Fold>
        ))}
      </ChartSections>
      <FullChart />
    </div>
  );
}
