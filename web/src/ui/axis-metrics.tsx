import { useState } from "preact/hooks";
import { axisNames } from "../state/metrics.ts";
import { setXAxis, xName } from "../state/settings.ts";
import { closeAround } from "./popover.tsx";
import { SearchField } from "./search-field.tsx";

const MOST = 60;

/** Metrics to draw charts over, found by a part of their names. */
export function AxisMetrics() {
  const [sought, setSought] = useState("");
  const names = axisNames.value.filter((name) => name.toLowerCase().includes(sought.toLowerCase()));
  return (
    <>
      <SearchField value={sought} label="Find a metric" placeholder="Metric for the x axis" testid="axis-filter" onInput={setSought} />
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
