import { describe, expect, it } from "vitest";
import { nearest, nearestIndex } from "./hit.ts";
import { pad, robust, xRange, yRange } from "./range.ts";
import { makeScale } from "./scale.ts";
import { prepare } from "./series.ts";
import type { ChartOptions, Series } from "./types.ts";
import { lowerBound, visible } from "./visible.ts";

const options: ChartOptions = {
  xAxis: "step", xName: "step", logX: false, yScale: "linear", smoothing: { kind: "ema", weight: 0 }, best: null, yEnds: [null, null], outliers: false, bands: "auto", theme: "light",
  title: "loss",
};

function line(id: string, x: number[], y: number[], more: Partial<ChartOptions> = {}): Series {
  const steps = Float64Array.from(x);
  const times = steps.map((v) => v + 1000);
  return prepare({ id, label: id, color: "#000", steps, times, values: Float64Array.from(y), start: 1000 }, { ...options, ...more });
}

describe("series", () => {
  it("find their visible part, with a neighbour on each side", () => {
    const s = line("a", [0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 0, 0]);
    expect(lowerBound(s.x, 2.5)).toBe(3);
    expect(visible(s, 2, 3)).toEqual([1, 5]);
    expect(visible(s, -5, 9)).toEqual([0, 6]);
    expect(visible(s, 2.2, 2.4)).toEqual([2, 4]);
  });

  it("take their x from the axis", () => {
    expect([...line("a", [1, 2], [0, 0], { xAxis: "time" }).x]).toEqual([1001, 1002]);
    expect([...line("a", [1, 2], [0, 0], { xAxis: "relative" }).x]).toEqual([1, 2]);
  });
});

describe("nearest point", () => {
  it("is found by bisection, ties to the left", () => {
    const s = line("a", [0, 10, 20], [1, 2, 3]);
    expect([-5, 4, 5, 6, 15.1, 99].map((v) => nearestIndex(s, v))).toEqual([0, 0, 0, 1, 2, 2]);
    expect(nearestIndex(line("none", [], []), 1)).toBe(-1);
  });

  it("is found where steps went back", () => {
    expect(nearestIndex(line("a", [0, 10, 5, 8], [1, 2, 3, 4]), 6)).toBe(2);
  });
});

describe("nearest lines", () => {
  const sx = makeScale(0, 10, "linear", 0, 100);
  const sy = makeScale(0, 10, "linear", 100, 0);

  it("come sorted by their distance at the pointer", () => {
    const all = [line("high", [0, 10], [9, 9]), line("slope", [0, 10], [0, 10]), line("low", [0, 10], [1, 1])];
    const hits = nearest(all, 40, 65, sx, sy);
    expect(hits.map((h) => h.series.line.id)).toEqual(["slope", "low", "high"]);
    expect(hits[0]?.distance).toBeCloseTo(5);
    expect(hits[0]?.index).toBe(0);
  });

  it("leave out a line that ended long before", () => {
    const all = [line("short", [0, 2], [5, 5]), line("long", [0, 10], [1, 1])];
    expect(nearest(all, 80, 50, sx, sy).map((h) => h.series.line.id)).toEqual(["long"]);
    expect(nearest(all, 30, 50, sx, sy).map((h) => h.series.line.id)).toEqual(["short", "long"]);
  });

  it("skip gaps, and what a log axis cannot show", () => {
    expect(nearest([line("gap", [0, 5, 10], [1, Number.NaN, 1])], 50, 50, sx, sy)).toEqual([]);
    const log = makeScale(1, 10, "log", 100, 0);
    expect(nearest([line("zero", [0, 10], [0, -1])], 50, 50, sx, log)).toEqual([]);
  });

  it("are never members of a group, which only stand behind its line", () => {
    const member = line("member", [0, 10], [5, 5]);
    member.line.faint = true;
    expect(nearest([member, line("mean", [0, 10], [5, 5])], 50, 50, sx, sy).map((h) => h.series.line.id)).toEqual(["mean"]);
  });
});

describe("ranges", () => {
  it("hold what is in view and finite", () => {
    const s = line("a", [0, 1, 2, 3], [100, 2, Infinity, 1]);
    expect(xRange([s], false)).toEqual([0, 3]);
    expect(xRange([s], true)).toEqual([1, 3]);
    expect(yRange([s], [1, 3], "linear", false, true)).toEqual([1, 2]);
    expect(yRange([s], [4, 5], "linear", false, true)).toBeNull();
  });

  it("leave out zero and less on a log axis", () => {
    expect(yRange([line("a", [0, 1, 2], [-1, 0, 5])], [0, 2], "log", false, true)).toEqual([5, 5]);
  });

  it("hold raw values beneath a smoothed line", () => {
    const s = line("a", [0, 1, 2], [0, 10, 0], { smoothing: { kind: "ema", weight: 0.9 } });
    expect(yRange([s], [0, 2], "linear", false, true)).toEqual([0, 10]);
    expect(yRange([s], [0, 2], "linear", false, false)?.[1]).toBeLessThan(6);
  });

  it("leave out outliers where asked", () => {
    const y = Array.from({ length: 1000 }, (_, i) => i / 1000);
    y[500] = 1e6;
    const s = line("a", y.map((_, i) => i), y);
    expect(yRange([s], [0, 999], "linear", true, true)).toEqual([0, 0.999]);
    expect(yRange([s], [0, 999], "linear", false, true)).toEqual([0, 1e6]);
    expect(robust(Float64Array.from([1, 2, 3, 2, 1, 2, 3, 900]))).toEqual([1, 3]);
    expect(robust(new Float64Array(0))).toBeNull();
  });

  it("are opened when they hold one value", () => {
    expect(pad([0, 0], "linear", 0.05)).toEqual([-1, 1]);
    expect(pad([5, 5], "linear", 0.05)).toEqual([4.5, 5.5]);
    expect(pad([1, 1], "log", 0.05)).toEqual([0.5, 2]);
    expect(pad([0, 10], "linear", 0.1)).toEqual([-1, 11]);
    const [low, high] = pad([-10, 1000], "symlog", 0.05);
    expect(low).toBeLessThan(-10);
    expect(high).toBeGreaterThan(1000);
  });
});
