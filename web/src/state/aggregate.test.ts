import { expect, it } from "vitest";
import { aggregate, readAt } from "./aggregate.ts";

const of = (...v: number[]): Float64Array => Float64Array.from(v);

it("is the mean and the spread of all members", () => {
  const x = of(0, 1);
  const { mean, low, high, members } = aggregate([{ x, values: of(1, 2) }, { x, values: of(3, 2) }], "std");
  expect([...mean]).toEqual([2, 2]);
  expect([...low!]).toEqual([2 - Math.SQRT2, 2].map((v) => expect.closeTo(v)));
  expect([...high!]).toEqual([2 + Math.SQRT2, 2].map((v) => expect.closeTo(v)));
  expect([...members]).toEqual([2, 2]);
});

it("reaches with a range from the least to the greatest that any member's buckets hold", () => {
  const x = of(0);
  const { low, high } = aggregate([{ x, values: of(5), min: of(1), max: of(6) }, { x, values: of(7) }], "range");
  expect([low![0], high![0]]).toEqual([1, 7]);
});

it("reads members between their own rows, and says how many there are at each place", () => {
  const { x, mean, members } = aggregate([{ x: of(0, 2, 4), values: of(0, 2, 4) }, { x: of(1, 2), values: of(3, 4) }], "none");
  expect([...x]).toEqual([0, 1, 2, 4]);
  expect([...mean]).toEqual([0, 2, 3, 4]);
  expect([...members]).toEqual([1, 2, 2, 1]);
});

it("leaves out what is no number", () => {
  const { mean, members } = aggregate([{ x: of(0), values: of(Number.NaN) }, { x: of(0), values: of(4) }], "std");
  expect([mean[0], members[0]]).toEqual([4, 1]);
});

it("does not grow with the rows of members that share none", () => {
  const member = (shift: number) => ({ x: Float64Array.from({ length: 3000 }, (_, i) => i + shift), values: new Float64Array(3000).fill(shift) });
  const { x, mean } = aggregate([member(0), member(0.5)], "std");
  expect(x.length).toBe(2000);
  expect(mean[1000]).toBeCloseTo(0.25);
});

it("reads nothing beyond a line's ends", () => {
  expect([...readAt(of(1, 2), of(5, 6), of(0, 1.5, 3))]).toEqual([Number.NaN, 5.5, Number.NaN]);
});
