import { useState } from "preact/hooks";
import { matcher } from "../state/grouping.ts";
import { axisNames } from "../state/metrics.ts";
import { setXAxis, xName } from "../state/settings.ts";
import { closeAround } from "./popover.tsx";
import { SearchField } from "./search-field.tsx";

const MOST = 60;

function found(pattern: string): string[] {
  try {
    return axisNames.value.filter(matcher(pattern));
  } catch {
    return axisNames.value.filter((name) => name.includes(pattern));
  }
}

/** Metrics to draw charts over, found by a pattern. */
export function AxisMetrics() {
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
