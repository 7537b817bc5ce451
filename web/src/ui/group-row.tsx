import { fold } from "../state/settings.ts";
import { inkOfGroup } from "../state/inks.ts";
import { setShown, shownIds } from "../state/shown.ts";
import type { GroupRow as Group } from "../state/sidebar.ts";
import { Icon } from "./icon.tsx";

/** The colour that the group's line has, dashed as it is. */
function GroupInk({ value }: { value: string | null }) {
  const { color, dash } = inkOfGroup(value);
  return (
    <svg class="group-ink" viewBox="0 0 12 12" aria-hidden="true" data-testid="group-ink" data-color={color}>
      <path d={dash ? (dash[0] === 8 ? "M0 6h5m2 0h5" : "M0 6h2.500m2 0H7m2 0h2.500") : "M0 6h12"} stroke={color} stroke-width="4" />
    </svg>
  );
}

export function GroupRow({ group, by }: { group: Group; by: string }) {
  const shown = group.runs.filter((run) => shownIds.value.has(run.id)).length;
  const running = group.runs.filter((run) => run.status === "running").length;
  return (
    <div class="group-row" data-testid="group-row" data-group={group.title}>
      <input
        type="checkbox"
        checked={shown === group.runs.length}
        indeterminate={shown > 0 && shown < group.runs.length}
        aria-label={`Show all of ${group.title}`}
        onChange={() =>
          setShown(
            group.runs.map((run) => run.id),
            shown < group.runs.length,
          )
        }
      />
      <button type="button" class="group-name" aria-expanded={!group.closed} title={`${by}: ${group.title}`} onClick={() => fold(group.id, !group.closed)}>
        <Icon name="chevron" />
        <GroupInk value={group.value} />
        <bdi class="ellipsis">{group.title}</bdi>
        <span class="count">{running > 0 ? `${running} running · ${group.runs.length}` : group.runs.length}</span>
      </button>
    </div>
  );
}
