import { describe, expect, it } from "vitest";
import { compact, formatStep, formatValue } from "./format.ts";
import { evenBelow, linearTicks, logTicks, makeScale, multiples, niceStep, symlogTicks, toPixel, toValue } from "./scale.ts";
import { durationTicks, formatDuration, formatTime, timeTicks } from "./time.ts";

const labels = (ticks: { label: string }[]): string[] => ticks.map((t) => t.label);

describe("scales", () => {
  it("map to pixels and back", () => {
    const s = makeScale(0, 10, "linear", 50, 150);
    expect(toPixel(s, 5)).toBe(100);
    expect(toValue(s, 150)).toBe(10);
    const log = makeScale(1, 100, "log", 200, 0);
    expect(toPixel(log, 10)).toBeCloseTo(100);
    expect(toValue(log, 100)).toBeCloseTo(10);
    const both = makeScale(-1000, 1000, "symlog", 0, 200);
    expect(toPixel(both, 0)).toBe(100);
    expect(toPixel(both, -1000) + toPixel(both, 1000)).toBeCloseTo(200);
    expect(toValue(both, toPixel(both, -37))).toBeCloseTo(-37);
  });

  it("step by 1, 2 or 5", () => {
    expect([0.13, 1, 1.1, 3, 6, 70].map(niceStep)).toEqual([0.2, 1, 2, 5, 10, 100]);
  });

  it("has exact multiples", () => {
    expect(multiples(0, 0.5, 0.1)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(multiples(-0.2, 0.2, 0.2)).toEqual([-0.2, 0, 0.2]);
  });
});

describe("ticks", () => {
  it("are compact", () => {
    expect(labels(linearTicks(0, 1, 5))).toEqual(["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    expect(labels(linearTicks(0, 12_000, 6))).toEqual(["0", "2k", "4k", "6k", "8k", "10k", "12k"]);
    expect(labels(linearTicks(0, 3_400_000, 3))).toEqual(["0", "2M"]);
    expect(labels(linearTicks(1e-5, 3e-5, 2))).toEqual(["1e−5", "2e−5", "3e−5"]);
    expect(labels(linearTicks(-1, 1, 2))).toEqual(["−1", "0", "1"]);
  });

  it("keep apart what lies close together", () => {
    expect(labels(linearTicks(100_000, 100_001, 4))).toEqual(["100,000", "100,000.5", "100,001"]);
    expect(labels(linearTicks(1.00001, 1.00003, 2))).toEqual(["1.00001", "1.00002", "1.00003"]);
  });

  it("are whole where asked", () => {
    expect(labels(linearTicks(0, 2, 10, true))).toEqual(["0", "1", "2"]);
  });

  it("of a log axis are powers, then 1-2-5, then linear", () => {
    expect(labels(logTicks(1e-5, 1, 6))).toEqual(["1e−5", "1e−4", "1e−3", "1e−2", "1e−1", "1"]);
    expect(labels(logTicks(0.01, 10, 3))).toEqual(["0.01", "0.1", "1", "10"]);
    expect(labels(logTicks(1, 100, 6))).toEqual(["1", "2", "5", "10", "20", "50", "100"]);
    expect(labels(logTicks(2, 4, 4))).toEqual(["2.0", "2.5", "3.0", "3.5", "4.0"]);
    expect(logTicks(1e-30, 1e30, 6).length).toBeLessThanOrEqual(7);
  });

  it("of a symmetric log axis are zero and powers on both sides", () => {
    expect(labels(symlogTicks(-1000, 1000, 8, evenBelow(-1000, 1000)))).toEqual(["−1000", "−100", "−10", "0", "10", "100", "1000"]);
    expect(labels(symlogTicks(-0.5, 2, 4, evenBelow(-0.5, 2)))).toContain("0");
    expect(labels(symlogTicks(5, 7, 4, evenBelow(5, 7)))).toEqual(labels(linearTicks(5, 7, 4)));
  });

  it("of a duration are in its units", () => {
    expect(labels(durationTicks(0, 3600, 4))).toEqual(["0", "15m", "30m", "45m", "1h"]);
    expect(labels(durationTicks(0, 1, 2))).toEqual(["0", "0.5s", "1s"]);
    expect(labels(durationTicks(0, 10 * 86400, 5))).toEqual(["0", "2d", "4d", "6d", "8d", "10d"]);
  });

  it("of wall time follow the local clock", () => {
    const noon = new Date(2026, 10, 5, 12, 0, 0).getTime() / 1000;
    expect(labels(timeTicks(noon, noon + 3600, 4))).toEqual(["12:00", "12:15", "12:30", "12:45", "13:00"]);
    expect(labels(timeTicks(noon, noon + 3 * 86400, 3))).toEqual(["Nov 6", "Nov 7", "Nov 8"]);
    expect(labels(timeTicks(noon, noon + 100 * 86400, 3))).toEqual(["Dec", "2027", "Feb"]);
    expect(labels(timeTicks(noon - 60, noon, 2))).toEqual(["11:59:00", "11:59:30", "12:00:00"]);
  });
});

describe("formats", () => {
  it("of values keep five digits", () => {
    expect([0, 1, 12345, 0.0234567, 1.5, -2.34561].map(formatValue)).toEqual([
      "0", "1", "12,345", "0.023457", "1.5000", "−2.3456",
    ]);
    expect([1e-7, 2.5e12, 123456.7].map(formatValue)).toEqual(["1.000e−7", "2.500e12", "123,457"]);
    expect([Number.NaN, Infinity, -Infinity].map(formatValue)).toEqual(["NaN", "+∞", "−∞"]);
  });

  it("of steps are whole", () => {
    expect(formatStep(1_234_567)).toBe("1,234,567");
    expect(compact(1500, 500, 12_000)).toBe("1.5k");
  });

  it("of durations have two units at most", () => {
    expect([0, 1.234, 45, 90, 5400, 7200, 194400, -5].map(formatDuration)).toEqual([
      "0s", "1.23s", "45s", "1m 30s", "1h 30m", "2h", "2d 6h", "−5s",
    ]);
  });

  it("of a moment are local", () => {
    expect(formatTime(new Date(2026, 0, 2, 3, 4, 5).getTime() / 1000)).toBe("2026-01-02 03:04:05");
    expect(formatTime(Number.NaN)).toBe("");
  });
});
