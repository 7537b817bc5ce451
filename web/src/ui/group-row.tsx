import { fold } from "../state/settings.ts";
import { setShown, shownIds } from "../state/shown.ts";
import type { GroupRow as Group } from "../state/sidebar.ts";
import { Icon } from "./icon.tsx";

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
        <bdi class="ellipsis">{group.title}</bdi>
        <span class="count">{running > 0 ? `${running} running · ${group.runs.length}` : group.runs.length}</span>
      </button>
    </div>
  );
}
