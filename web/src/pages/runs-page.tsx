import { useComputed } from "@preact/signals";
import { useMemo, useState } from "preact/hooks";
import { NAME_COLUMN, columnsOf } from "../state/columns.ts";
import { matcher } from "../state/grouping.ts";
import { byValue, isMissing } from "../state/natural.ts";
import { runs, runsState } from "../state/runs.ts";
import { filteredRuns, runFilter, runFilterError, sidebarShown } from "../state/sidebar.ts";
import { Empty } from "../ui/empty.tsx";
import { plural } from "../ui/format.ts";
import { RunsTable } from "../ui/runs-table.tsx";
import type { RunOrder } from "../ui/runs-table.tsx";
import { SearchField } from "../ui/search-field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** A table wider than this is slow to draw and worse to read; the filter finds the others. */
const MOST_COLUMNS = 60;

function matches(pattern: string, title: string): boolean {
  try {
    return matcher(pattern)(title);
  } catch {
    return title.includes(pattern);
  }
}

export function RunsPage() {
  const [order, setOrder] = useState<RunOrder>({ id: null, descending: false });
  const [filter, setFilter] = useState("");
  const names = useComputed(() => columnsOf(runs.value).map((column) => column.id).join("\n"));
  const known = names.value;
  const columns = useMemo(() => [NAME_COLUMN, ...columnsOf(runs.peek())], [known]);
  const shown = columns.filter((column) => column.part === "run" || matches(filter, column.title)).slice(0, MOST_COLUMNS);

  if (runsState.value === "loading") return <Skeleton cards={1} />;
  if (runs.value.length === 0) return <Empty title="No runs yet">The next run of this project appears here by itself.</Empty>;
  const list = [...filteredRuns.value];
  const by = columns.find((column) => column.id === order.id);
  if (by) {
    const sign = order.descending ? -1 : 1;
    list.sort((a, b) => {
      const [x, y] = [by.value(a), by.value(b)];
      // Runs that lack the value stay last either way.
      return isMissing(x) || isMissing(y) ? byValue(x, y) : sign * byValue(x, y);
    });
  }
  return (
    <>
      <div class="toolbar">
        {!sidebarShown.value && (
          <SearchField
            value={runFilter.value}
            label="Filter runs"
            placeholder="Filter runs (regex)"
            testid="runs-filter"
            error={runFilterError.value}
            onInput={(value) => (runFilter.value = value)}
          />
        )}
        <SearchField value={filter} label="Filter columns" placeholder="Filter columns (regex)" testid="column-filter" onInput={setFilter} />
        <span class="faint">
          {plural(list.length, "run")}
          {columns.length > MOST_COLUMNS && filter === "" && ` · the first ${MOST_COLUMNS} of ${columns.length} columns`}
        </span>
      </div>
      <RunsTable runs={list} columns={shown} order={order} onOrder={setOrder} />
    </>
  );
}
