import { describe, expect, it } from "vitest";
import { smooth, smoothLog, windowOf } from "./smooth.ts";
import type { Rows, SmoothingKind } from "./types.ts";

const of = (...v: number[]): Float64Array => Float64Array.from(v);
const steps = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i);
const rows = (values: Float64Array, more: Partial<Rows> = {}): Rows => ({ steps: steps(values.length), values, ...more });
const ema = (values: Float64Array, weight: number, more: Partial<Rows> = {}): Float64Array => smooth(rows(values, more), { kind: "ema", weight });
const KINDS: SmoothingKind[] = ["ema", "twema", "gaussian", "mean"];

/** A noisy decay, the same each time. */
function noisy(n: number): Float64Array {
  let seed = 7;
  return Float64Array.from({ length: n }, (_, i) => {
    seed = (seed * 16807) % 2147483647;
    return Math.exp((-3 * i) / n) + seed / 2147483647 - 0.5;
  });
}

/** Means of so many points each, as the server's buckets are. */
function bucketed(values: Float64Array, size: number): Rows {
  const means = Float64Array.from({ length: values.length / size }, (_, k) => values.subarray(k * size, (k + 1) * size).reduce((a, b) => a + b) / size);
  return { steps: steps(means.length).map((k) => k * size), values: means, counts: new Float64Array(means.length).fill(size) };
}

describe("every kind of smoothing", () => {
  it.each(KINDS)("%s leaves values alone without weight", (kind) => {
    const out = smooth(rows(of(4, -2, 7)), { kind, weight: 0 });
    [4, -2, 7].forEach((v, i) => expect(out[i]).toBeCloseTo(v, 9));
  });

  it.each(KINDS)("%s keeps a constant to the last bit", (kind) => {
    expect(new Set(smooth(rows(new Float64Array(1000).fill(0.1)), { kind, weight: 0.97 }))).toEqual(new Set([0.1]));
  });

  it.each(KINDS)("%s keeps gaps and infinities, and goes on after them", (kind) => {
    const out = smooth(rows(of(1, Number.NaN, Infinity, 1)), { kind, weight: 0.5 });
    expect([...out]).toEqual([1, Number.NaN, Infinity, 1]);
  });

  it.each(KINDS)("%s of buckets is that of their points", (kind) => {
    const values = noisy(10_000);
    const fine = smooth(rows(values), { kind, weight: 0.99 });
    const coarse = smooth(bucketed(values, 10), { kind, weight: 0.99 });
    // An average that looks back ends at the end of a bucket, one that looks both ways at its middle.
    const at = kind === "ema" || kind === "twema" ? 9 : 5;
    for (let k = 100; k < 900; k += 50) expect(coarse[k]).toBeCloseTo(fine[k * 10 + at]!, 1.5);
  });
});

describe("the exponential average", () => {
  it("is the debiased one", () => {
    // By hand, w = 0.5: 1; (0.5·1 + 3) / 1.5 = 7/3; (0.25·1 + 0.5·3 + 5) / 1.75 = 27/7.
    expect([...ema(of(1, 3, 5), 0.5)].map((v) => v.toFixed(12))).toEqual([1, 7 / 3, 27 / 7].map((v) => v.toFixed(12)));
  });

  it("takes a row for as many points as it stands for", () => {
    const points = ema(of(2, 2, 2, 8, 8), 0.7);
    const row = ema(of(2, 8), 0.7, { counts: of(3, 2) });
    expect(row[1]).toBeCloseTo(points[4]!, 12);
  });

  it("forgets more over a wider gap, when timed", () => {
    const timed = (values: Float64Array, at: Float64Array): Float64Array => smooth({ values, steps: at }, { kind: "twema", weight: 0.5 });
    // The last point lies two spacings away.
    expect(timed(of(0, 0, 0, 1), of(0, 1, 2, 4))[3]).toBeCloseTo(1 / (1.75 * 0.25 + 1), 12);
    expect(timed(of(0, 0, 0, 1), of(0, 10, 20, 30))[3]).toBeCloseTo(ema(of(0, 0, 0, 1), 0.5)[3]!, 12);
  });

  it("averages logarithms for a log axis", () => {
    const out = smoothLog(rows(of(1, 100, -1)), { kind: "ema", weight: 0.5 });
    expect(out[1]).toBeCloseTo(10 ** (2 / 1.5), 9);
    expect(out[2]).toBeNaN();
  });
});

describe("the running mean", () => {
  it("is over a window about each point, and over what there is of it at the ends", () => {
    const out = smooth(rows(of(0, 3, 6, 9, 12)), { kind: "mean", weight: 0.5 });
    expect(windowOf(0.5)).toBe(3);
    expect([...out]).toEqual([1.5, 3, 6, 9, 10.5].map((v) => expect.closeTo(v, 9)));
  });
});
