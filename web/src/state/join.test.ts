import { expect, it } from "vitest";
import { join, placed, stepsWithin } from "./join.ts";
import type { Points } from "./points.ts";

function points(steps: number[], values: number[]): Points {
  const column = Float64Array.from(steps);
  return { steps: column, times: column, values: Float64Array.from(values), member: 0, oddStep: null, earlier: null, bucket: null, last: 0, lastStep: null, lastTime: null, total: 0, appended: 0, missing: [] };
}

it("joins on the step", () => {
  const { xs, rows } = join(points([0, 1, 2], [5, 6, 7]), points([0, 1, 2], [10, 20, 30]));
  expect([[...xs], rows]).toEqual([[10, 20, 30], [0, 1, 2]]);
});

it("puts a step between two of the axis in proportion, and leaves out those beyond it", () => {
  const joined = join(points([0, 5, 10, 15, 20, 25], [0, 1, 2, 3, 4, 5]), points([5, 10, 20], [1, 2, 4]));
  expect([...joined.xs]).toEqual([1, 2, 3, 4]);
  const series = placed(points([0, 5, 10, 15, 20, 25], [0, 1, 2, 3, 4, 5]), joined);
  expect([...series.values]).toEqual([1, 2, 3, 4]);
  expect([...series.steps]).toEqual([5, 10, 15, 20]);
});

it("leaves out where the axis is NaN", () => {
  expect(join(points([0, 1, 2], [5, 6, 7]), points([0, 1, 2], [1, Number.NaN, 3])).rows).toEqual([0, 2]);
});

it("finds the steps of a range of the axis, with a row on each side", () => {
  const axis = points([0, 100, 200, 300], [0, 1, 2, 3]);
  expect(stepsWithin(axis, [0.9, 2.1])).toEqual([0, 300]);
  expect(stepsWithin(axis, [1.2, 1.4])).toEqual([100, 200]);
  expect(stepsWithin(axis, [7, 8])).toBeNull();
});
