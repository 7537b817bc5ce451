import { expect, it } from "vitest";
import { bestOf } from "./best.ts";
import type { Line } from "./types.ts";

const of = (...values: number[]) => Float64Array.from(values);
const line = (values: number[], more: Partial<Line> = {}): Line => {
  const steps = Float64Array.from(values, (_, i) => i);
  return { id: "a", label: "a", color: "#000", steps, times: steps, values: of(...values), ...more };
};

it("holds the least or the greatest so far, and passes over what is no number", () => {
  const values = line([Number.NaN, 3, 5, -Infinity, 1, 2]);
  expect([...bestOf(values, "min")]).toEqual([Number.NaN, 3, 3, 3, 1, 1]);
  expect([...bestOf(values, "max")]).toEqual([Number.NaN, 3, 5, 5, 5, 5]);
});

it("takes the extremes that rows hold, and what lies before them", () => {
  const rows = line([5, 6], { min: of(4, 1), max: of(7, 8), earlier: [3, 7.5] });
  expect([...bestOf(rows, "min")]).toEqual([3, 1]);
  expect([...bestOf(rows, "max")]).toEqual([7.5, 8]);
});

it("is of a group the best of its mean", () => {
  expect([...bestOf(line([5, 6], { min: of(0, 0), max: of(9, 9), members: of(2, 2) }), "max")]).toEqual([5, 6]);
});
