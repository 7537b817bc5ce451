import type { ComponentChildren } from "preact";
import { onlyMetrics } from "../state/address.ts";
import { height, plotsPerRow } from "../state/settings.ts";
import { ChartPanel } from "./chart-panel.tsx";

/** So many columns as were chosen; else as many as there is room for. */
function columns(): Record<string, string> {
  const perRow = plotsPerRow.value;
  return perRow === null ? {} : { "--columns": `repeat(${perRow}, minmax(0, 1fr))` };
}

/** Sections of charts, those of a single one beside each other. */
export function ChartSections({ children }: { children: ComponentChildren }) {
  return (
    <div class="sections" style={columns()}>
      {children}
    </div>
  );
}

/** Charts of these metrics, as many beside each other as there is room for. */
export function Charts({ names }: { names: readonly string[] }) {
  return (
    <div class={onlyMetrics.value === null ? "grid" : "grid grid-fit"} data-height={height.value} style={columns()}>
      {names.map((name) => (
        <ChartPanel key={name} metric={name} />
      ))}
    </div>
  );
}
