import type { Run } from "../api/types.ts";
import { inkOf } from "../state/inks.ts";
import { setShown, shownIds, showOnly } from "../state/shown.ts";

/** The colour of a run, filled while the run is drawn; hatched as its lines are dashed, where colours repeat. */
export function ShownToggle({ run }: { run: Run }) {
  const shown = shownIds.value.has(run.id);
  const { color, dash } = inkOf(run);
  return (
    <button
      type="button"
      role="checkbox"
      class="shown-toggle"
      aria-checked={shown}
      aria-label={`Show ${run.name}`}
      title={shown ? "Hide  x · alt-click: show only this" : "Show  x · alt-click: show only this"}
      data-testid="shown-toggle"
      onClick={(event) => (event.altKey ? showOnly(run.id) : setShown([run.id], !shown))}
    >
      <svg viewBox="0 0 14 14" aria-hidden="true">
        <rect x="1" y="1" width="12" height="12" rx="3" fill={shown ? color : "none"} stroke={color} stroke-width="1.500" />
        {dash && <path d={dash[0] === 8 ? "M3.500 7h7" : "M3.500 7h2m3 0h2"} stroke={shown ? "var(--surface)" : color} stroke-width="1.800" />}
      </svg>
    </button>
  );
}
