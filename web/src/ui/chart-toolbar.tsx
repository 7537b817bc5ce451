import { useComputed } from "@preact/signals";
import { page, show } from "../state/address.ts";
import { likelyResult, metricFilterError } from "../state/metrics.ts";
import { runs } from "../state/runs.ts";
import { outliers, setOutliers, setSmoothing, setYScale, smoothing, yScale } from "../state/settings.ts";
import { shownRuns } from "../state/shown.ts";
import { AxisPicker } from "./axis-picker.tsx";
import { Icon } from "./icon.tsx";
import { SearchField } from "./search-field.tsx";
import { SmoothingSlider } from "./smoothing-slider.tsx";
import { Toggle } from "./toggle.tsx";
import { ViewOptions } from "./view-options.tsx";

function MetricFilter() {
  const pattern = useComputed(() => page.value.metricFilter).value;
  const metrics = useComputed(() => page.value.metrics).value;
  return (
    <>
      <SearchField
        value={pattern}
        label="Filter metrics"
        placeholder="Filter metrics"
        title="A regular expression that names match"
        testid="metric-filter"
        error={metricFilterError.value}
        onInput={(value) => show({ metricFilter: value })}
      />
      {metrics !== null && (
        <button type="button" class="toggle" aria-pressed="true" data-testid="only-metrics" title="Show all metrics" onClick={() => show({ metrics: null })}>
          Only {metrics.join(", ")} <Icon name="close" />
        </button>
      )}
    </>
  );
}

function Follow() {
  const zoomed = useComputed(() => page.value.xMin !== null || page.value.views.size > 0).value;
  const running = useComputed(() => runs.value.some((run) => run.status === "running")).value;
  const on = useComputed(() => page.value.follow).value;
  if (!zoomed || !running) return null;
  return <Toggle label="Follow" title="Move along with what is new  ." on={on} testid="follow" onChange={(follow) => show({ follow })} />;
}

/** How lines are drawn, for the page and for the chart that fills the window. */
export function LookControls() {
  return (
    <>
      <AxisPicker />
      <SmoothingSlider weight={smoothing.value.weight} testid="smoothing" onChange={(weight) => setSmoothing(weight)} />
      <Toggle
        label="Log y"
        title="Logarithmic y axis"
        on={yScale.value === "log"}
        testid="log-y"
        onChange={(on) => setYScale(on ? "log" : "linear")}
      />
      <Toggle label="Ignore outliers" title="Leave outliers out of the y range" on={outliers.value} testid="outliers" onChange={setOutliers} />
      <Follow />
      <ViewOptions />
    </>
  );
}

function SweepToggle() {
  const on = useComputed(() => page.value.sweep !== null).value;
  const enough = useComputed(() => shownRuns.value.length > 1).value;
  if (!enough && !on) return null;
  const title = "Parallel coordinates and a scatter plot of configurations and results";
  return <Toggle label="Parameters" title={title} on={on} testid="sweep" onChange={(shown) => show({ sweep: shown ? likelyResult() : null })} />;
}

export function ChartToolbar() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Charts">
      <MetricFilter />
      <LookControls />
      <SweepToggle />
    </div>
  );
}
