import { computed } from "@preact/signals";
import { page, project, show } from "./address.ts";
import { automaticIds, columnIds, columnOf, differs, NAME_COLUMN } from "./columns.ts";
import type { Column, Known } from "./columns.ts";
import { axisNames } from "./metrics.ts";
import { pinnedRunIds } from "./picked.ts";
import { filteredRuns } from "./run-filter.ts";
import { configKeys } from "./run-details.ts";
import { runs } from "./runs.ts";
import type { Sort } from "./runs-view.ts";
import { folded, groupBy, set, settings } from "./settings.ts";
import { nextSort, tableRows } from "./table-rows.ts";
import type { TableRow } from "./table-rows.ts";

export const sort = computed(() => page.value.sort);
export const heat = computed(() => page.value.heat);
export const differing = computed(() => page.value.differing);
const chosen = computed(() => page.value.columns);

const known = computed<Known>(() => ({ config: configKeys.value, metrics: axisNames.value }));
// As text, which compares by value: runs that log the same names again make no new columns.
const automatic = computed(() => JSON.stringify(automaticIds(runs.value, known.value)));

/** Ids of all columns that there can be. */
export const allColumns = computed(() => columnIds(known.value));
/** Ids of the columns that were chosen, in order, whether runs differ in them or not. */
export const chosenColumns = computed<readonly string[]>(() => chosen.value ?? (JSON.parse(automatic.value) as string[]));

/** Columns of which the values of all runs are needed, for what the table tells of several; its order is the list's. */
export const neededColumns = computed<readonly string[]>(() => (differing.value || heat.value || groupBy.value !== null ? chosenColumns.value : []));

const shownColumns = computed(() => {
  const list = chosenColumns.value.flatMap((id) => columnOf(id) ?? []);
  const shown = differing.value && filteredRuns.value.length > 1 ? list.filter((column) => differs(filteredRuns.value, column)) : list;
  return JSON.stringify(shown.map((column) => column.id));
});

/** The columns of the table, the name first. */
export const columns = computed<Column[]>(() => [NAME_COLUMN, ...(JSON.parse(shownColumns.value) as string[]).map((id) => columnOf(id)!)]);

export function foldId(title: string): string {
  return `runs:${project.peek()}:${groupBy.peek()}:${title}`;
}

export const rows = computed<TableRow[]>(() =>
  tableRows(filteredRuns.value, { sort: sort.value, groupBy: groupBy.value, pinned: pinnedRunIds.value, foldId, folded: folded.value }),
);

export function sortBy(column: string, together: boolean): void {
  setSort(nextSort(sort.peek(), column, together));
}

export function setSort(next: Sort[]): void {
  show({ sort: next });
}

export function setColumns(ids: readonly string[] | null): void {
  show({ columns: ids });
}

export function showColumn(id: string, on: boolean): void {
  const rest = chosenColumns.peek().filter((other) => other !== id);
  setColumns(on ? [...rest, id] : rest);
}

/** Puts a column before another; at the end with null. */
export function moveColumn(id: string, before: string | null): void {
  if (id === before) return;
  const rest = chosenColumns.peek().filter((other) => other !== id);
  const at = before === null ? -1 : rest.indexOf(before);
  setColumns(at < 0 ? [...rest, id] : [...rest.slice(0, at), id, ...rest.slice(at)]);
}

/** Moves a column past those that are shown beside it. */
export function shiftColumn(id: string, by: -1 | 1): void {
  const shown = columns.peek().slice(1).map((column) => column.id);
  const at = shown.indexOf(id);
  if (by < 0 && at > 0) moveColumn(id, shown[at - 1]!);
  if (by > 0 && at >= 0 && at < shown.length - 1) moveColumn(id, shown[at + 2] ?? null);
}

/** Widths in pixels that were given to columns by hand, by id. */
export const widths = computed(() => settings.value.widths);

export function setWidth(id: string, width: number | null): void {
  const { [id]: _, ...rest } = settings.peek().widths;
  set({ widths: width === null ? rest : { ...rest, [id]: Math.round(width) } });
}
