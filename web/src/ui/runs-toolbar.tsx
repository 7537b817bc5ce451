import { project, show } from "../state/address.ts";
import { readOnly } from "../state/read-only.ts";
import { needColumns } from "../state/run-details.ts";
import { filteredRuns, runFilter } from "../state/run-filter.ts";
import { runsComplete, runs, runsTotal } from "../state/runs.ts";
import { sidebarShown } from "../state/sidebar.ts";
import { columns, differing, heat, sort, setSort } from "../state/table.ts";
import { sorted } from "../state/sorted.ts";
import { ColumnPicker } from "./column-picker.tsx";
import { DeletedRuns } from "./deleted-runs.tsx";
import { plural } from "./format.ts";
import { Icon } from "./icon.tsx";
import { MenuItem } from "./menu-item.tsx";
import { Popover } from "./popover.tsx";
import { RunFilter } from "./run-filter.tsx";
import { save } from "./save.ts";
import { Toggle } from "./toggle.tsx";

async function download(kind: "csv" | "json"): Promise<void> {
  const { tableAsCsv, tableAsJson } = await import("../state/table-files.ts");
  await needColumns(columns.peek().map((column) => column.id));
  const list = sorted(filteredRuns.peek(), sort.peek());
  const text = kind === "csv" ? tableAsCsv(list, columns.peek()) : tableAsJson(list, columns.peek());
  save(new Blob([text], { type: kind === "csv" ? "text/csv" : "application/json" }), `${project.peek()}-runs.${kind}`);
}

function Download() {
  return (
    <Popover label="Download what is shown" class="icon-button" testid="runs-download" face={<Icon name="download" />}>
      <div class="menu" role="menu">
        <MenuItem title="Save as CSV" testid="runs-csv" act={() => void download("csv")} />
        <MenuItem title="Save as JSON" testid="runs-json" act={() => void download("json")} />
      </div>
    </Popover>
  );
}

function Count() {
  const found = filteredRuns.value.length;
  const [total, here] = [runsTotal.value, runs.value.length];
  const text = runFilter.value === "" ? plural(total, "run") : `${found.toLocaleString("en-US")} of ${plural(total, "run")}`;
  return (
    <span class="faint" role="status" data-testid="runs-count">
      {text}
      {!runsComplete.value && ` · ${here.toLocaleString("en-US")} fetched`}
    </span>
  );
}

export function RunsToolbar() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Table of runs">
      {!sidebarShown.value && <RunFilter testid="runs-filter" />}
      <ColumnPicker />
      <Toggle label="Only what differs" title="Hide columns that are the same in all runs listed" on={differing.value} testid="differing" onChange={(on) => show({ differing: on })} />
      <Toggle label="Shade" title="Shade numbers from the least to the greatest of their column" on={heat.value} testid="heat" onChange={(on) => show({ heat: on })} />
      {sort.value.length > 0 && (
        <button type="button" class="button" data-testid="unsort" onClick={() => setSort([])}>
          Newest first
        </button>
      )}
      <Count />
      <span class="spacer" />
      {!readOnly && <DeletedRuns />}
      <Download />
    </div>
  );
}
