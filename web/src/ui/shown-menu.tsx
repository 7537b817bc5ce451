import { useState } from "preact/hooks";
import { columnOf } from "../state/columns.ts";
import { isMoreBetter } from "../state/direction.ts";
import { axisNames, likelyResult } from "../state/metrics.ts";
import { filteredRuns } from "../state/run-filter.ts";
import { invertShown, latest, setShown, SHOWN_AT_FIRST, showLatest, showTop, top } from "../state/shown.ts";
import { Icon } from "./icon.tsx";
import { MenuItem } from "./menu-item.tsx";
import { closeAround, Popover } from "./popover.tsx";

const COUNTS = [1, 5, 10, 20, 50, 100];

function setAll(on: boolean): void {
  setShown(
    filteredRuns.peek().map((run) => run.id),
    on,
  );
}

/** The best so many by a metric, whichever these are. */
function TopRule() {
  const rule = top.value;
  const [metric, setMetric] = useState(() => (rule ? columnOf(rule.sort.column)?.title : null) ?? likelyResult());
  const [more, setMore] = useState(rule ? rule.sort.descending : metric !== null && isMoreBetter(metric));
  if (metric === null) return null;
  const column = `last:${metric}`;
  const holds = (count: number): boolean => rule?.count === count && rule.sort.column === column && rule.sort.descending === more;
  return (
    <div class="menu menu-below">
      <p class="menu-title">Always the best</p>
      <div class="top-rule">
        <select
          aria-label="By"
          data-testid="top-metric"
          value={metric}
          onChange={(event) => {
            setMetric(event.currentTarget.value);
            setMore(isMoreBetter(event.currentTarget.value));
          }}
        >
          {axisNames.value.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <select aria-label="Which is best" data-testid="top-direction" value={more ? "more" : "less"} onChange={(event) => setMore(event.currentTarget.value === "more")}>
          <option value="less">least</option>
          <option value="more">greatest</option>
        </select>
      </div>
      <div class="menu-row" role="group" aria-label={`Always the best by ${metric}`}>
        {COUNTS.map((count) => (
          <button
            key={count}
            type="button"
            aria-pressed={holds(count)}
            data-testid={`top-${count}`}
            onClick={(event) => {
              closeAround(event.currentTarget);
              showTop(holds(count) ? null : { count, sort: { column, descending: more } });
            }}
          >
            {count}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Which runs are drawn: by hand, or by a rule that holds for runs to come, too. */
export function ShownMenu() {
  const choices: [string, () => void][] = [
    ["Show all", () => setAll(true)],
    ["Show none", () => setAll(false)],
    ["Invert", invertShown],
  ];
  return (
    <Popover label="Choose which runs are drawn" class="icon-button small" testid="shown-menu" face={<Icon name="more" />}>
      <div class="menu" role="menu">
        {choices.map(([title, act]) => (
          <MenuItem key={title} title={title} act={act} />
        ))}
        <p class="menu-title">Always the latest</p>
        <div class="menu-row" role="group" aria-label="Always the latest">
          {COUNTS.map((count) => (
            <MenuItem
              key={count}
              title={String(count)}
              checked={latest.value === count}
              testid={`latest-${count}`}
              act={() => showLatest(latest.value === count ? null : count)}
            />
          ))}
        </div>
        <MenuItem title={`As at first (up to ${SHOWN_AT_FIRST})`} act={() => showLatest(null)} />
      </div>
      <TopRule />
    </Popover>
  );
}
