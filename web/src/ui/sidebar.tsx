import { useComputed } from "@preact/signals";
import { groupKeys } from "../state/grouping.ts";
import { runs, runsState, setShown, shownIds } from "../state/runs.ts";
import { groupBy, setGroupBy } from "../state/settings.ts";
import { drawerOpen, filteredRuns, narrow, runFilter, runFilterError, sidebarRows } from "../state/sidebar.ts";
import { GroupRow } from "./group-row.tsx";
import { plural } from "./format.ts";
import { RunRow } from "./run-row.tsx";
import { SearchField } from "./search-field.tsx";
import { VirtualList } from "./virtual-list.tsx";

const ROW_HEIGHT = 30;

function SidebarHead() {
  const found = filteredRuns.value;
  const shown = found.filter((run) => shownIds.value.has(run.id)).length;
  const all = found.length > 0 && shown === found.length;
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
        <span>
          {shown.toLocaleString("en-US")} of {plural(found.length, "run")} shown
        </span>
      </label>
    </div>
  );
}

export function Sidebar() {
  const keys = useComputed(() => JSON.stringify(groupKeys(runs.value)));
  const by = groupBy.value;
  const options = JSON.parse(keys.value) as string[];
  if (by !== null && !options.includes(by)) options.unshift(by);
  return (
    <>
      {narrow.value && <button type="button" class="veil" aria-label="Close the list of runs" onClick={() => (drawerOpen.value = false)} />}
      <aside class="sidebar" data-testid="sidebar" aria-label="Runs">
        <div class="sidebar-tools">
          <SearchField
            value={runFilter.value}
            label="Filter runs"
            placeholder="Filter runs (regex)"
            testid="run-filter"
            error={runFilterError.value}
            onInput={(value) => (runFilter.value = value)}
          />
          <label class="select-line">
            <span>Group by</span>
            <select data-testid="group-by" value={by ?? ""} onChange={(event) => setGroupBy(event.currentTarget.value || null)}>
              <option value="">nothing</option>
              {options.map((key) => (
                <option key={key} value={key}>
                  {key}
                </option>
              ))}
            </select>
          </label>
        </div>
        <SidebarHead />
        {runsState.value === "loading" && <div class="sidebar-loading" aria-busy="true" />}
        <VirtualList items={sidebarRows.value} rowHeight={ROW_HEIGHT} label="Runs" keyOf={(row) => row.id}>
          {(row) => (row.kind === "group" ? <GroupRow group={row} by={by ?? ""} /> : <RunRow run={row.run} indented={by !== null} />)}
        </VirtualList>
      </aside>
    </>
  );
}
