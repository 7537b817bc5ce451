import { expect, it } from "vitest";
import type { Frame } from "../api/frames.ts";
import { appended, beside, pointsOf } from "./points.ts";

function raw(steps: number[], values: number[]): Frame {
  const header = { run: "r", metric: "m", kind: "scalar" as const, member: 0, n: steps.length, raw: true, total: steps.length, extent: null, bucket: null };
  return {
    header: { ...header, last_step: steps.at(-1) ?? null, odd: null, before: null, columns: [] },
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
  const next = appended(buckets(), raw([1, 2], [9, Number.NaN]))!;
  expect([...next.min!]).toEqual([0, 9, Number.NaN]);
  expect([...next.max!]).toEqual([2, 9, Number.NaN]);
  expect([...next.counts!]).toEqual([5, 1, 1]);
  expect([...next.odd!.nan]).toEqual([2, 0, 1]);
});

it("says of buckets that came what an infinite point was", () => {
  const next = appended(buckets(), raw([1, 2], [Infinity, -Infinity]))!;
  expect([...next.values].slice(1)).toEqual([Number.NaN, Number.NaN]);
  expect([...next.odd!.high]).toEqual([0, 1, 0]);
  expect([...next.odd!.low]).toEqual([0, 0, 1]);
});

it("finds what lies beside a part of a series, the bucket that reaches into it by its share", () => {
  const one = (n: number, v: number): Float64Array => new Float64Array(n).fill(v);
  const whole = { ...buckets(), steps: Float64Array.of(0, 10, 20, 30), values: Float64Array.of(1, 2, 3, 4), counts: one(4, 10) };
  const { before, after } = beside(whole, pointsOf(raw([15, 16, 17, 18], [0, 0, 0, 0])));
  expect([[...before!.steps], [...before!.counts!]]).toEqual([[0, 10], [10, 5]]);
  expect([...after!.values]).toEqual([3, 4]);
  expect(beside(whole, pointsOf(raw([], [])))).toEqual({});
  expect(beside(whole, whole)).toEqual({ before: undefined, after: undefined });
});

function buckets() {
  const none = new Float64Array(1);
  const odd = { nan: Float64Array.of(2), high: none, low: none };
  return { ...pointsOf(raw([0], [1])), min: Float64Array.of(0), max: Float64Array.of(2), counts: Float64Array.of(5), odd };
}
