import { expect, it } from "vitest";
import { tableOf, tableText } from "./table.ts";
import type { Series } from "./types.ts";

const of = (...values: number[]) => Float64Array.from(values);
function series(label: string, x: Float64Array, y: Float64Array, more: Partial<Series> & { faint?: boolean } = {}): Series {
  const line = { id: label, label, color: "#000", steps: x, times: x, values: y, faint: more.faint };
  return { line, x, y, low: undefined, high: undefined, odd: [], sorted: true, smoothed: false, ...more };
}

it("has a row for each place in view where any line has a point", () => {
  const table = tableOf([series("a", of(0, 1, 2, 9), of(5, 6, 7, 8)), series("b", of(1, 1.5), of(1, 2)), series("c", of(0.5), of(0), { faint: true })], [1, 8]);
  expect([...table.xs]).toEqual([1, 1.5, 2]);
  expect(table.labels).toEqual(["a", "b"]);
  expect([table.cell(0, 0), table.cell(0, 1), table.cell(1, 1), table.cell(1, 2)]).toEqual([6, undefined, 2, undefined]);
});

it("takes the last of several at one place, whatever order they came in", () => {
  const rows = (x: Float64Array, y: Float64Array, sorted: boolean) => tableOf([series("a", x, y, { sorted })], [0, 9]).cell(0, 0);
  expect(rows(of(1, 1, 2), of(5, 6, 7), true)).toBe(6);
  expect(rows(of(2, 1, 1), of(5, 6, 7), false)).toBe(7);
});

it("is copied as text with tabs", () => {
  const table = tableOf([series("a\tb", of(0, 1), of(0.1, Number.NaN))], [0, 1]);
  expect(tableText(table, "step")).toBe("step\ta b\n0\t0.1\n1\tNaN");
});
