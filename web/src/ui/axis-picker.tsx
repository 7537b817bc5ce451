import { useState } from "preact/hooks";
import { matcher } from "../state/grouping.ts";
import { axisNames } from "../state/metrics.ts";
import { setXAxis, xAxis, xName } from "../state/settings.ts";
import { Icon } from "./icon.tsx";
import { closeAround, Popover } from "./popover.tsx";
import { SearchField } from "./search-field.tsx";

const AXES = { step: "Step", relative: "Relative", time: "Time" } as const;
const TITLES = { step: "x: step", relative: "x: time since the run was first begun", time: "x: time of day" } as const;
const MOST = 60;

function found(pattern: string): string[] {
  try {
    return axisNames.value.filter(matcher(pattern));
  } catch {
    return axisNames.value.filter((name) => name.includes(pattern));
  }
}

function Metrics() {
  const [pattern, setPattern] = useState("");
  const names = found(pattern);
  return (
    <>
      <SearchField value={pattern} label="Find a metric" placeholder="Metric for the x axis" testid="axis-filter" onInput={setPattern} />
      <div class="menu menu-list" role="menu">
        {names.slice(0, MOST).map((name) => (
          <button
            key={name}
            type="button"
            role="menuitemradio"
            aria-checked={name === xName.value}
            data-testid="axis-metric"
            onClick={(event) => {
              closeAround(event.currentTarget);
              setXAxis(name);
            }}
          >
            <bdi class="ellipsis">{name}</bdi>
          </button>
        ))}
        {names.length > MOST && <p class="faint">+{names.length - MOST} more</p>}
      </div>
    </>
  );
}

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
