import { describe, expect, it } from "vitest";
import { smooth, smoothLog } from "./smooth.ts";

const of = (...v: number[]): Float64Array => Float64Array.from(v);

describe("smooth", () => {
  it("is the debiased moving average", () => {
    // By hand, w = 0.5: 1; (0.5·1 + 3) / 1.5 = 7/3; (0.25·1 + 0.5·3 + 5) / 1.75 = 27/7.
    const out = smooth(of(1, 3, 5), 0.5);
    expect([...out].map((v) => v.toFixed(12))).toEqual([1, 7 / 3, 27 / 7].map((v) => v.toFixed(12)));
  });

  it("leaves values alone without weight", () => {
    expect([...smooth(of(4, -2, 7), 0)]).toEqual([4, -2, 7]);
  });

  it("keeps a constant to the last bit", () => {
    expect(new Set(smooth(new Float64Array(1000).fill(0.1), 0.97))).toEqual(new Set([0.1]));
  });

  it("keeps gaps and infinities, and goes on after them", () => {
    const out = smooth(of(1, Number.NaN, Infinity, 3), 0.5);
    expect([out[0], out[1], out[2]]).toEqual([1, Number.NaN, Infinity]);
    expect(out[3]).toBeCloseTo(7 / 3, 12);
  });

  it("forgets more over a wider gap", () => {
    // The last point lies two spacings away: (0.5²·(1 + 0.5·1) … ) by hand: total 1.75·0.25 + 1, mean 0 before it.
    const out = smooth(of(0, 0, 0, 1), 0.5, of(0, 1, 2, 4));
    expect(out[3]).toBeCloseTo(1 / (1.75 * 0.25 + 1), 12);
    const even = smooth(of(0, 0, 0, 1), 0.5, of(0, 10, 20, 30));
    expect(even[3]).toBeCloseTo(smooth(of(0, 0, 0, 1), 0.5)[3] as number, 12);
  });

  it("averages logarithms for a log axis", () => {
    const out = smoothLog(of(1, 100, -1), 0.5);
    expect(out[1]).toBeCloseTo(10 ** (2 / 1.5), 9);
    expect(out[2]).toBeNaN();
  });
});
