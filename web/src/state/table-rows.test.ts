import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { columnOf } from "./columns.ts";
import { sorted } from "./sorted.ts";
import { aggregateOf, nextSort, spanOf, tableRows } from "./table-rows.ts";

const run = (name: string, config: Record<string, unknown> = {}, group: string | null = null): Run =>
  ({ id: name, name, config, group, summary: {}, tags: [] }) as unknown as Run;
const names = (runs: readonly Run[]): string => runs.map((each) => each.name).join("");
const plain = { sort: [], groupBy: null, pinned: new Set<string>(), foldId: (title: string) => title, folded: new Set<string>() };

it("sorts by one column after another and leaves what is missing last, whichever way", () => {
  const runs = [run("a", { lr: 2, n: 1 }), run("b", { n: 2 }), run("c", { lr: 1, n: 3 }), run("d", { lr: 2, n: 4 })];
  expect(names(sorted(runs, [{ column: "config:lr", descending: false }]))).toBe("cadb");
  expect(names(sorted(runs, [{ column: "config:lr", descending: true }, { column: "config:n", descending: true }]))).toBe("dacb");
  expect(names(sorted(runs, [{ column: "no such", descending: true }]))).toBe("abcd");
});

it("goes from rising to falling to none, alone or among others", () => {
  const rising = nextSort([], "a", false);
  expect(rising).toEqual([{ column: "a", descending: false }]);
  expect(nextSort(rising, "a", false)).toEqual([{ column: "a", descending: true }]);
  expect(nextSort([{ column: "a", descending: true }], "a", false)).toEqual([]);
  expect(nextSort(rising, "b", false)).toEqual([{ column: "b", descending: false }]);
  const both = nextSort(rising, "b", true);
  expect(both.map((each) => each.column)).toEqual(["a", "b"]);
  expect(nextSort(both, "a", true)).toEqual([{ column: "a", descending: true }, { column: "b", descending: false }]);
});

it("keeps pinned runs on top and groups the others", () => {
  const runs = [run("a", {}, "x"), run("b", {}, "y"), run("c", {}, "x")];
  expect(tableRows(runs, { ...plain, pinned: new Set(["c"]) }).map((row) => row.id)).toEqual(["c", "a", "b"]);
  const grouped = tableRows(runs, { ...plain, groupBy: "group", folded: new Set(["y"]) });
  expect(grouped.map((row) => `${row.kind}:${row.id}`)).toEqual(["group:x", "run:a", "run:c", "group:y"]);
});

it("folds numbers to their mean and anything else to what all have in common", () => {
  const lr = columnOf("config:lr")!;
  expect(aggregateOf([run("a", { lr: 1 }), run("b", { lr: 3 }), run("c")], lr)).toEqual({ mean: 2, min: 1, max: 3, count: 2 });
  expect(aggregateOf([run("a", { lr: "x" }), run("b", { lr: "x" })], lr)).toEqual({ common: "x" });
  expect(aggregateOf([run("a", { lr: "x" }), run("b", { lr: "y" })], lr)).toEqual({ different: 2 });
  expect(aggregateOf([run("a")], lr)).toBeNull();
});

it("shades nothing where all numbers are equal", () => {
  const lr = columnOf("config:lr")!;
  expect(spanOf([run("a", { lr: 1 }), run("b", { lr: 3 }), run("c", { lr: "x" })], lr)).toEqual([1, 3]);
  expect(spanOf([run("a", { lr: 1 }), run("b", { lr: 1 })], lr)).toBeNull();
});
