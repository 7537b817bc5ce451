import type { Run } from "../api/types.ts";
import { columnOf } from "./columns.ts";
import { byValue, isMissing } from "./natural.ts";
import type { Sort } from "./runs-view.ts";

/** Returns runs in order of one column after another; those that lack a value stay last either way. */
export function sorted(runs: readonly Run[], sort: readonly Sort[]): Run[] {
  const by = sort.flatMap(({ column, descending }) => {
    const known = columnOf(column);
    return known ? [{ values: new Map(runs.map((run) => [run, known.value(run)])), sign: descending ? -1 : 1 }] : [];
  });
  if (by.length === 0) return [...runs];
  return [...runs].sort((a, b) => {
    for (const { values, sign } of by) {
      const [x, y] = [values.get(a), values.get(b)];
      const order = isMissing(x) || isMissing(y) ? byValue(x, y) : sign * byValue(x, y);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Returns the first so many runs in order of a column; those that lack a value are none of them. */
export function topOf(runs: readonly Run[], sort: Sort, count: number): Run[] {
  const column = columnOf(sort.column);
  return column ? sorted(runs.filter((run) => !isMissing(column.value(run))), [sort]).slice(0, count) : [];
}
