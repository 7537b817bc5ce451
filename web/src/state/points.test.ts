import { expect, it } from "vitest";
import type { Frame } from "../api/frames.ts";
import { appended, pointsOf } from "./points.ts";

function raw(steps: number[], values: number[]): Frame {
  const header = { run: "r", metric: "m", member: 0, n: steps.length, raw: true, total: steps.length, extent: null, bucket: null };
  return {
    header: { ...header, last_step: steps.at(-1) ?? null, columns: [] },
    columns: new Map([
      ["step", Float64Array.from(steps)],
      ["time", Float64Array.from(steps)],
      ["value", Float64Array.from(values)],
    ]),
  };
}

it("puts new points behind those held, each once", () => {
  const next = appended(pointsOf(raw([0, 1, 2], [5, 6, 7])), raw([2, 3], [7, 8]))!;
  expect([...next.steps]).toEqual([0, 1, 2, 3]);
  expect([...next.values]).toEqual([5, 6, 7, 8]);
  expect(next).toMatchObject({ last: 8, lastStep: 3, appended: 1 });
});

it("says so when nothing is new", () => {
  expect(appended(pointsOf(raw([0, 1], [5, 6])), raw([1], [6]))).toBeNull();
});

it("starts from an empty series", () => {
  const next = appended(pointsOf(raw([], [])), raw([0], [1]))!;
  expect([...next.values]).toEqual([1]);
});

it("widens the band of buckets by points of their own", () => {
  const buckets = { ...pointsOf(raw([0], [1])), min: Float64Array.of(0), max: Float64Array.of(2) };
  const next = appended(buckets, raw([1], [9]))!;
  expect([...next.min!]).toEqual([0, 9]);
  expect([...next.max!]).toEqual([2, 9]);
});
