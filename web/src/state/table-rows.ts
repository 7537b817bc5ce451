import type { Run } from "../api/types.ts";
import type { Column } from "./columns.ts";
import { groupRuns } from "./grouping.ts";
import { isMissing } from "./natural.ts";
import type { Sort } from "./runs-view.ts";
import { sorted } from "./sorted.ts";

/** The order after a click on a column: rising, falling, none; alone, or behind the columns that sort already. */
export function nextSort(sort: readonly Sort[], column: string, together: boolean): Sort[] {
  const mine = sort.find((each) => each.column === column);
  const next: Sort[] = !mine ? [{ column, descending: false }] : mine.descending ? [] : [{ column, descending: true }];
  if (!together) return next;
  if (!mine) return [...sort, ...next];
  return sort.flatMap((each) => (each.column === column ? next : [each]));
}

export type TableRow = { kind: "run"; id: string; run: Run } | { kind: "group"; id: string; title: string; runs: Run[]; closed: boolean };

export interface Arrangement {
  sort: readonly Sort[];
  groupBy: string | null;
  pinned: ReadonlySet<string>;
  /** The name under which a group is remembered as closed. */
  foldId(title: string): string;
  folded: ReadonlySet<string>;
}

/** Returns the rows of a table: pinned runs, then the others, in groups where there are any. */
export function tableRows(runs: readonly Run[], how: Arrangement): TableRow[] {
  const asRow = (run: Run): TableRow => ({ kind: "run", id: run.id, run });
  const list = sorted(runs, how.sort);
  const top = list.filter((run) => how.pinned.has(run.id));
  const rest = list.filter((run) => !how.pinned.has(run.id));
  if (how.groupBy === null) return [...top, ...rest].map(asRow);
  const groups = groupRuns(rest, how.groupBy).flatMap((group): TableRow[] => {
    const title = group.value ?? `no ${how.groupBy}`;
    const id = how.foldId(title);
    const closed = how.folded.has(id);
    return [{ kind: "group", id, title, runs: group.runs, closed }, ...(closed ? [] : group.runs.map(asRow))];
  });
  return [...top.map(asRow), ...groups];
}

export interface Aggregate {
  mean: number;
  min: number;
  max: number;
  count: number;
}

/** Returns what a column is over a group: of numbers their mean and extremes, of anything else what all have in common. */
export function aggregateOf(runs: readonly Run[], column: Column): Aggregate | { common: unknown } | { different: number } | null {
  const values = runs.map((run) => column.value(run)).filter((value) => !isMissing(value));
  if (values.length === 0) return null;
  if (values.every((value) => typeof value === "number")) {
    const [min, max] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    return { mean: values.reduce((a, b) => a + b, 0) / values.length, min, max, count: values.length };
  }
  const different = new Set(values.map((value) => JSON.stringify(value)));
  return different.size === 1 && values.length === runs.length ? { common: values[0] } : { different: different.size };
}

/** Returns the least and greatest number of a column, by which its cells are shaded; null where there is nothing to tell apart. */
export function spanOf(runs: readonly Run[], column: Column): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const run of runs) {
    const value = column.value(run);
    if (typeof value !== "number" || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : null;
}
