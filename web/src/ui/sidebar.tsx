import { columnOf } from "../state/columns.ts";
import { filteredRuns, runFilter, setRunFilter } from "../state/run-filter.ts";
import { cursorRun } from "../state/run-cursor.ts";
import { runs, runsComplete, runsState, runsTotal } from "../state/runs.ts";
import { groupBy } from "../state/settings.ts";
import { latest, setShown, shownIds, showLatest, top } from "../state/shown.ts";
import { drawerOpen, narrow, sidebarRows } from "../state/sidebar.ts";
import { GroupRow } from "./group-row.tsx";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { ListTools } from "./list-tools.tsx";
import { RunRow } from "./run-row.tsx";
import { ShownMenu } from "./shown-menu.tsx";
import { VirtualList } from "./virtual-list.tsx";

const ROW_HEIGHT = 30;

function SidebarHead() {
  const found = filteredRuns.value;
  const shown = found.filter((run) => shownIds.value.has(run.id)).length;
  const all = found.length > 0 && shown === found.length;
  const total = runFilter.value === "" ? runsTotal.value : found.length;
  return (
    <div class="sidebar-count">
      <label>
        <input
          type="checkbox"
          checked={all}
          indeterminate={shown > 0 && !all}
          data-testid="show-all"
          onChange={() =>
            setShown(
              found.map((run) => run.id),
              !all,
            )
          }
        />
        <span title={runsComplete.value ? undefined : `${plural(runs.value.length, "run")} fetched so far`}>
          {shown.toLocaleString("en-US")} of {plural(total, "run")} shown
        </span>
      </label>
      <span class="spacer" />
      <Rule />
      <ShownMenu />
    </div>
  );
}

/** The rule by which runs are drawn, and the way back from it. */
function Rule() {
  const best = top.value;
  if (latest.value === null && best === null) return null;
  const by = best && columnOf(best.sort.column)?.title;
  return (
    <button type="button" class="rule ellipsis" data-testid="shown-rule" title={best ? `The best ${best.count} by ${by}; press for the usual number` : "No longer only the latest"} onClick={() => showLatest(null)}>
      {best ? `top ${best.count}` : `latest ${latest.value}`} <Icon name="close" />
    </button>
  );
}

function NoRuns() {
  if (runsState.value === "loading") return <div class="sidebar-loading" aria-busy="true" />;
  if (runFilter.value === "") return <p class="sidebar-none">Runs appear here as they start.</p>;
  return (
    <p class="sidebar-none">
      No run matches.{" "}
      <button type="button" class="link" onClick={() => setRunFilter("")}>
        Clear the filter
      </button>
    </p>
  );
}

export function Sidebar() {
  const rows = sidebarRows.value;
  const by = groupBy.value;
  const at = cursorRun.value === null ? -1 : rows.findIndex((row) => row.id === cursorRun.value);
  return (
    <>
      {narrow.value && <button type="button" class="veil" aria-label="Close the list of runs" onClick={() => (drawerOpen.value = false)} />}
      <aside class="sidebar" data-testid="sidebar" aria-label="Runs">
        <ListTools />
        <SidebarHead />
        {rows.length === 0 && <NoRuns />}
        <VirtualList items={rows} rowHeight={ROW_HEIGHT} label="Runs" keyOf={(row) => row.id} reveal={at}>
          {(row) => (row.kind === "group" ? <GroupRow group={row} by={by ?? ""} /> : <RunRow run={row.run} indented={by !== null} />)}
        </VirtualList>
      </aside>
    </>
  );
}
