import { expect, it } from "vitest";
import { binAt, columnEdges, density, evenly, histogramOf, valueRange } from "./bins.ts";

const logged = (bins: unknown, values: unknown) => histogramOf(3, 30, { _type: "trackio.histogram", bins, values });

it("reads a histogram, and nothing that is none", () => {
  const found = logged([0, 1, 3], [2, 8])!;
  expect(found).toMatchObject({ step: 3, time: 30, total: 10, peak: 4 });
  expect(density(found, 1)).toBe(4);
  for (const [bins, values] of [[[0, 1], []], [[0, 0], [1]], [[1, 0], [1]], [[0, "1"], [1]], [[0, Infinity], [1]], [undefined, [1]]]) {
    expect(logged(bins, values)).toBeNull();
  }
  expect(histogramOf(0, 0, "text")).toBeNull();
});

it("finds the bin of a value, edges included", () => {
  const found = logged([-1, 0, 0.5, 2], [1, 0, 4])!;
  expect([-1.1, -1, -0.5, 0, 0.5, 2, 2.1, Number.NaN].map((value) => binAt(found, value))).toEqual([-1, 0, 0, 1, 2, 2, -1, -1]);
});

it("leaves empty bins at the ends out of the range", () => {
  expect(valueRange([logged([0, 1, 2, 3, 4], [0, 1, 0, 0])!, logged([-9, 1.5, 9], [0, 0])!])).toEqual([1, 2]);
  expect(valueRange([logged([0, 1], [0])!])).toBeNull();
});

it("ends columns half way between histograms", () => {
  expect(columnEdges([0, 10, 40])).toEqual([-5, 5, 25, 55]);
  expect(columnEdges([7])).toEqual([6.5, 7.5]);
});

it("chooses evenly, the last always among them", () => {
  expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 3)).toEqual([2, 6, 9]);
  expect(evenly([1, 2], 3)).toEqual([1, 2]);
});
