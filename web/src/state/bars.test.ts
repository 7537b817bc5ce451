import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { barsOf, isSingle } from "./bars.ts";

const run = (name: string, last: number | null, count = 1, status: Run["status"] = "finished"): Run =>
  ({ name, status, summary: { score: { last, count } } }) as unknown as Run;

it("takes a metric for single values once no run is likely to log another", () => {
  expect(isSingle("score", [run("a", 1), run("b", 2)])).toBe(true);
  expect(isSingle("score", [run("a", 1), run("b", 2, 5)])).toBe(false);
  expect(isSingle("score", [run("a", 1, 1, "running")])).toBe(false);
  expect(isSingle("score", [])).toBe(false);
});

it("draws bars from zero, the greatest value first", () => {
  const bars = barsOf("score", [run("low", -1), run("high", 3), run("none", null)]);
  expect(bars.map(({ run: { name }, from, to }) => [name, from, to])).toEqual([
    ["high", 0.25, 1],
    ["low", 0, 0.25],
    ["none", 0.25, 0.25],
  ]);
});
