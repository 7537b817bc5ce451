import { setXAxis, xAxis, xName } from "../state/settings.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { Popover } from "./popover.tsx";

const AXES = { step: "Step", relative: "Relative", time: "Time" } as const;
const TITLES = { step: "x: step", relative: "x: time since the run was first begun", time: "x: time of day" } as const;
const Metrics = lazy(() => import("./axis-metrics.tsx").then((file) => file.AxisMetrics), () => <div class="menu-list" aria-busy="true" />);

/** What charts are drawn over: steps, time, or another metric, joined on the step. */
export function AxisPicker() {
  const other = xAxis.value === "metric";
  return (
    <span class="segments" role="group" aria-label="X axis">
      {(Object.keys(AXES) as (keyof typeof AXES)[]).map((axis) => (
        <button key={axis} type="button" aria-pressed={xAxis.value === axis} title={TITLES[axis]} data-testid={`x-${axis}`} onClick={() => setXAxis(axis)}>
          {AXES[axis]}
        </button>
      ))}
      <Popover
        label="Another metric as x axis"
        class={other ? "segment-more chosen" : "segment-more"}
        testid="x-metric"
        face={
          <>
            {other && <bdi class="ellipsis">{xName.value}</bdi>}
            <Icon name="down" />
          </>
        }
      >
        <Metrics />
      </Popover>
    </span>
  );
}
