import type { XAxis } from "../chart/index.ts";
import { page, show } from "../state/address.ts";
import { set, setSmoothing, settings, setXAxis, smoothing, xAxis } from "../state/settings.ts";
import { Icon } from "./icon.tsx";
import { SearchField } from "./search-field.tsx";
import { Toggle } from "./toggle.tsx";

const AXES: Record<XAxis, string> = { step: "Step", relative: "Relative", time: "Time" };
const AXIS_TITLES: Record<XAxis, string> = { step: "x: step", relative: "x: time since the run began", time: "x: time of day" };

/** The slider's way to a weight: the last tenth of it holds all that is heavier than 0.9. */
const toWeight = (place: number): number => Math.round((1 - (1 - place) ** 3) * 1000) / 1000;
const toPlace = (weight: number): number => 1 - Math.cbrt(1 - weight);

function filterError(pattern: string): string | null {
  try {
    RegExp(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function ChartToolbar() {
  const { logX, logY, outliers } = settings.value;
  const { metricFilter, metrics } = page.value;
  return (
    <div class="toolbar" role="toolbar" aria-label="Charts">
      <SearchField
        value={metricFilter}
        label="Filter metrics"
        placeholder="Filter metrics (regex)"
        testid="metric-filter"
        error={filterError(metricFilter)}
        onInput={(value) => show({ metricFilter: value })}
      />
      {metrics !== null && (
        <button type="button" class="toggle" aria-pressed="true" data-testid="only-metrics" title="Show all metrics" onClick={() => show({ metrics: null })}>
          Only {metrics.join(", ")} <Icon name="close" />
        </button>
      )}
      <span class="segments" role="group" aria-label="X axis">
        {(Object.keys(AXES) as XAxis[]).map((axis) => (
          <button key={axis} type="button" aria-pressed={xAxis.value === axis} title={AXIS_TITLES[axis]} data-testid={`x-${axis}`} onClick={() => setXAxis(axis)}>
            {AXES[axis]}
          </button>
        ))}
      </span>
      <label class="slider-line" title="Smoothing: weight of what came before">
        <span>Smooth</span>
        <input
          type="range"
          min="0"
          max="0.9"
          step="0.005"
          value={toPlace(smoothing.value)}
          data-testid="smoothing"
          aria-valuetext={String(smoothing.value)}
          onInput={(event) => setSmoothing(toWeight(event.currentTarget.valueAsNumber))}
        />
        <output class="slider-value">{smoothing.value.toFixed(smoothing.value > 0.99 ? 3 : 2)}</output>
      </label>
      <Toggle label="Log y" title="Logarithmic y axis" on={logY} testid="log-y" onChange={(on) => set({ logY: on })} />
      <Toggle label="Log x" title="Logarithmic x axis" on={logX} testid="log-x" onChange={(on) => set({ logX: on })} />
      <Toggle label="Ignore outliers" title="Leave outliers out of the y range" on={outliers} testid="outliers" onChange={(on) => set({ outliers: on })} />
    </div>
  );
}
