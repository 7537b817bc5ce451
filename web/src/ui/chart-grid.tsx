import { onlyMetrics } from "../state/address.ts";
import { height, plotsPerRow } from "../state/settings.ts";
import { ChartPanel } from "./chart-panel.tsx";

/** Charts of these metrics, as many beside each other as there is room for. */
export function Charts({ names }: { names: readonly string[] }) {
  const perRow = plotsPerRow.value;
  return (
    <div
      class={onlyMetrics.value === null ? "grid" : "grid grid-fit"}
      data-height={height.value}
      style={perRow === null ? {} : { gridTemplateColumns: `repeat(${perRow}, minmax(0, 1fr))` }}
    >
      {names.map((name) => (
        <ChartPanel key={name} metric={name} />
      ))}
    </div>
  );
}
