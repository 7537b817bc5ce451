import { filteredRuns } from "../state/run-filter.ts";
import { invertShown, latest, setShown, SHOWN_AT_FIRST, showLatest } from "../state/shown.ts";
import { Icon } from "./icon.tsx";
import { MenuItem } from "./menu-item.tsx";
import { Popover } from "./popover.tsx";

const COUNTS = [1, 5, 10, 20, 50, 100];

function setAll(on: boolean): void {
  setShown(
    filteredRuns.peek().map((run) => run.id),
    on,
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
    </Popover>
  );
}
