import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { page, show } from "../state/address.ts";
import { columnOf } from "../state/columns.ts";
import { isMoreBetter } from "../state/direction.ts";
import { groupKeys } from "../state/grouping.ts";
import { colourBy } from "../state/inks.ts";
import { axisNames } from "../state/metrics.ts";
import { configKeys } from "../state/run-details.ts";
import { runs } from "../state/runs.ts";
import type { Sort } from "../state/runs-view.ts";
import { groupBy, setGroupBy } from "../state/settings.ts";
import { beside } from "../state/sidebar.ts";
import { setSort } from "../state/table.ts";
import { FilterTabs } from "./filter-tabs.tsx";
import { Icon } from "./icon.tsx";
import { lazy } from "./lazy.tsx";
import { RunFilter } from "./run-filter.tsx";

const ColourLegend = lazy(() => import("./colour-legend.tsx").then((file) => file.ColourLegend), () => <div class="colour-legend" />);

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

/** What of a run itself can stand beside its name. */
const OF_RUN: readonly string[] = ["duration", "started", "rows"];

/** The order after a press: best first, worst first, newest first. */
function nextOrder(column: string, now: Sort | undefined): Sort[] {
  const best = isMoreBetter(column);
  if (!now) return [{ column, descending: best }];
  return now.descending === best ? [{ column, descending: !best }] : [];
}

/** The value that stands beside each run, and the order of the list by it. */
function BesidePicker() {
  const id = beside.value;
  const first = useComputed(() => page.value.sort[0]).value;
  const name = id && columnOf(id)?.title;
  const mine = first?.column === id ? first : undefined;
  return (
    <div class="select-line">
      <span aria-hidden="true">Show</span>
      <select aria-label="Show beside names" data-testid="beside" value={id ?? ""} onChange={(event) => show({ beside: event.currentTarget.value || null })}>
        <option value="">names only</option>
        {OF_RUN.map((column) => (
          <option key={column} value={column}>
            {columnOf(column)!.title}
          </option>
        ))}
        {id !== null && !OF_RUN.includes(id) && !axisNames.value.includes(id.replace(/^last:/, "")) && <option value={id}>{name}</option>}
        {axisNames.value.map((metric) => (
          <option key={metric} value={`last:${metric}`}>
            {metric}
          </option>
        ))}
      </select>
      {id !== null && (
        <button
          type="button"
          class={mine ? "icon-button small kept" : "icon-button small"}
          data-testid="beside-sort"
          aria-pressed={Boolean(mine)}
          aria-label={`Sort by ${name}`}
          title={mine ? `Sorted by ${name}, ${mine.descending ? "falling" : "rising"}` : `Sort by ${name}`}
          onClick={() => setSort(nextOrder(id, mine))}
        >
          <Icon name={mine?.descending ? "falling" : "rising"} />
        </button>
      )}
      {id === null && first !== undefined && (
        <button type="button" class="rule" data-testid="list-unsort" title="Newest first" onClick={() => setSort([])}>
          by {columnOf(first.column)?.title} <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** How runs are listed: which, in what groups and colours, beside what. */
export function ListTools() {
  const text = useComputed(() => JSON.stringify(groupKeys(runs.value, configKeys.value.map((key) => key.name)))).value;
  const keys = useMemo(() => JSON.parse(text) as string[], [text]);
  return (
    <div class="sidebar-tools">
      <RunFilter testid="run-filter" />
      <FilterTabs />
      <GroupPicker keys={keys} />
      <ColourPicker keys={keys} />
      <BesidePicker />
    </div>
  );
}
