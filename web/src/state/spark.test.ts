import { expect, it } from "vitest";
import { sparkPath } from "./spark.ts";

const path = (steps: number[], values: number[]): string => sparkPath({ steps: Float64Array.from(steps), values: Float64Array.from(values) });

it("goes from the first step to the last, and from the least value to the greatest", () => {
  expect(path([10, 20, 30], [1, 3, 2])).toBe("M0 20L50 0L100 10");
});

it("has a gap where there is no number", () => {
  expect(path([0, 1, 2, 3, 4], [0, 1, Number.NaN, 1, 0])).toBe("M0 20L25 0M75 0L100 20");
  expect(path([0, 1], [Number.NaN, Infinity])).toBe("");
  expect(path([], [])).toBe("");
});

it("shows a single point as a dot, and what never changes as a level line", () => {
  expect(path([5], [2])).toBe("M50 10h0.01");
  expect(path([0, 1], [2, 2])).toBe("M0 10L100 10");
});
