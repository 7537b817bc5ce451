import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { page, show } from "../state/address.ts";
import { groupKeys } from "../state/grouping.ts";
import { colourBy } from "../state/inks.ts";
import { axisNames } from "../state/metrics.ts";
import { filteredRuns, runFilter, setRunFilter } from "../state/run-filter.ts";
import { cursorRun } from "../state/run-cursor.ts";
import { runs, runsComplete, runsState, runsTotal } from "../state/runs.ts";
import { groupBy, setGroupBy } from "../state/settings.ts";
import { latest, setShown, shownIds, showLatest } from "../state/shown.ts";
import { drawerOpen, narrow, sidebarRows } from "../state/sidebar.ts";
import { FilterTabs } from "./filter-tabs.tsx";
import { GroupRow } from "./group-row.tsx";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { RunFilter } from "./run-filter.tsx";
import { RunRow } from "./run-row.tsx";
import { ShownMenu } from "./shown-menu.tsx";
import { VirtualList } from "./virtual-list.tsx";

const ROW_HEIGHT = 30;

const ColourLegend = lazy(() => import("./colour-legend.tsx").then((file) => file.ColourLegend), () => <div class="colour-legend" />);

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
      {latest.value !== null && (
        <button type="button" class="rule" data-testid="latest-rule" title="No longer only the latest" onClick={() => showLatest(null)}>
          latest {latest.value} <Icon name="close" />
        </button>
      )}
      <ShownMenu />
    </div>
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

function GroupPicker({ keys }: { keys: readonly string[] }) {
  const by = groupBy.value;
  const options = by !== null && !keys.includes(by) ? [by, ...keys] : keys;
  return (
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
  );
}

/** What gives runs their colours, and what each colour means where the runs themselves do not say it. */
function ColourPicker({ keys }: { keys: readonly string[] }) {
  const said = useComputed(() => page.value.colourBy).value ?? "";
  const grouped = groupBy.value !== null;
  const columns = [
    ["Configuration", keys.filter((key) => key !== "group").map((key) => [`config:${key}`, key])],
    ["Last value of", axisNames.value.map((name) => [`last:${name}`, name])],
  ] as const;
  const known = said === "" || said === "run" || columns.some(([, list]) => list.some(([id]) => id === said));
  return (
    <>
      <label class="select-line">
        <span>Colour by</span>
        <select data-testid="colour-by" value={said} onChange={(event) => show({ colourBy: event.currentTarget.value || null })}>
          <option value="">{grouped ? "group" : "run"}</option>
          {grouped && <option value="run">run</option>}
          {!known && <option value={said}>{said.slice(said.indexOf(":") + 1)}</option>}
          {columns.map(([title, list]) => (
            <optgroup key={title} label={title}>
              {list.map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      {colourBy.value.of === "column" && <ColourLegend />}
    </>
  );
}

function Tools() {
  const text = useComputed(() => JSON.stringify(groupKeys(runs.value))).value;
  const keys = useMemo(() => JSON.parse(text) as string[], [text]);
  return (
    <div class="sidebar-tools">
      <RunFilter testid="run-filter" />
      <FilterTabs />
      <GroupPicker keys={keys} />
      <ColourPicker keys={keys} />
    </div>
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
        <Tools />
        <SidebarHead />
        {rows.length === 0 && <NoRuns />}
        <VirtualList items={rows} rowHeight={ROW_HEIGHT} label="Runs" keyOf={(row) => row.id} reveal={at}>
          {(row) => (row.kind === "group" ? <GroupRow group={row} by={by ?? ""} /> : <RunRow run={row.run} indented={by !== null} />)}
        </VirtualList>
      </aside>
    </>
  );
}
