import { expect, it } from "vitest";
import { notesOf, oddities } from "./oddities.ts";
import { makeScale } from "./scale.ts";
import { prepare } from "./series.ts";
import type { ChartOptions, Line, ScaleKind, Series } from "./types.ts";

const options: ChartOptions = {
  xAxis: "step", xName: "step", logX: false, yScale: "linear", smoothing: { kind: "ema", weight: 0 }, best: null, yEnds: [null, null], outliers: false, bands: "auto", theme: "light", title: "loss",
};

function line(values: number[], more: Partial<Line> = {}): Line {
  const steps = Float64Array.from(values, (_, i) => i);
  return { id: "a", label: "a", color: "#000", steps, times: steps, values: Float64Array.from(values), ...more };
}

const series = (values: number[], more: Partial<Line> = {}): Series => prepare(line(values, more), options);
const notes = (all: Series[], kind: ScaleKind, outliers = false) => notesOf(all, makeScale(0, 9, "linear", 0, 100), makeScale(1, 10, kind, 100, 0), outliers);

it("finds what is no number among points", () => {
  const found = oddities(line([1, Number.NaN, Infinity, -Infinity]), Float64Array.of(5, 6, 7, 8));
  expect(found).toEqual([
    { x: 6, kind: "nan", count: 1 },
    { x: 7, kind: "high", count: 1 },
    { x: 8, kind: "low", count: 1 },
  ]);
});

it("finds it in buckets whose mean is a number all the same", () => {
  const odd = { nan: Float64Array.of(0, 3), high: Float64Array.of(0, 0), low: Float64Array.of(2, 0) };
  expect(oddities(line([1, 2], { odd }), Float64Array.of(0, 1))).toEqual([
    { x: 0, kind: "low", count: 2 },
    { x: 1, kind: "nan", count: 3 },
  ]);
});

it("counts what is in view only, and says where", () => {
  const found = notes([series([1, Number.NaN, 1, Infinity, 1, 1, 1, 1, 1, 1, 1, Number.NaN])], "linear");
  expect(found).toMatchObject({ nan: 1, infinite: 1, odd: [1, 3] });
});

it("counts what a log axis has no place for, and with it what lies outside where outliers are left out", () => {
  expect(notes([series([0, -5, 2])], "log").unplaced).toBe(2);
  expect(notes([series([0, -5, 2])], "linear").unplaced).toBe(0);
  expect(notes([series([2, 50, 3])], "linear", true).beyond).toBe(1);
  expect(notes([series([2, 50, 3])], "linear", false).beyond).toBe(0);
});

it("counts the members of a group once, not their mean again", () => {
  const members = Float64Array.of(1);
  expect(notes([series([Number.NaN], { faint: true }), series([Number.NaN], { members })], "linear").nan).toBe(1);
});

it("places the first of a row of points at its own step", () => {
  const odd = { nan: Float64Array.of(2, 1), high: Float64Array.of(0, 0), low: Float64Array.of(0, 0) };
  const row = line([1, 2], { odd, oddStep: 0.7 });
  expect(oddities(row, row.steps).map(({ x }) => x)).toEqual([0.7, 1]);
  expect(oddities(row, Float64Array.of(10, 20)).map(({ x }) => x)).toEqual([10, 20]);
});
