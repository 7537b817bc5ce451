import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { configDimension, differingKeys, dimensionOf, outcomeDimension, within } from "./sweep.ts";

const run = (config: Record<string, unknown>, last: number | null = null): Run =>
  ({ config, summary: { loss: { last, min: last, max: last } } }) as unknown as Run;

it("places numbers as far apart as they are, by their powers where they span many", () => {
  expect(dimensionOf("x", "x", [0, 5, 10]).places).toEqual([0, 0.5, 1]);
  expect(dimensionOf("lr", "lr", [1e-4, 1e-3, 1e-2]).places.map((p) => p?.toFixed(6))).toEqual(["0.000000", "0.500000", "1.000000"]);
  expect(dimensionOf("x", "x", [3, null, 3]).places).toEqual([0.5, null, 0.5]);
});

it("places anything else evenly in its order", () => {
  const { places, ticks } = dimensionOf("opt", "opt", ["sgd", "adam", undefined, "lion"]);
  expect(places).toEqual([1, 0, null, 0.5]);
  expect(ticks.map(({ label }) => label)).toEqual(["adam", "lion", "sgd"]);
  expect(dimensionOf("mixed", "mixed", [1, "auto"]).places).toEqual([0, 1]);
});

it("finds what runs differ in, nested or missing", () => {
  const runs = [run({ lr: 1, seed: 1, model: { depth: 2 } }), run({ lr: 2, seed: 1, model: { depth: 2 }, extra: true })];
  expect(differingKeys(runs)).toEqual(["extra", "lr"]);
  expect(configDimension(runs, "model.depth").texts).toEqual(["2", "2"]);
});

it("tells which runs lie within all parts; those without a value lie in none", () => {
  const runs = [run({ lr: 1 }, 0), run({ lr: 2 }, 1), run({ lr: 3 }, null)];
  const dimensions = [configDimension(runs, "lr"), outcomeDimension(runs, "loss", "last")];
  expect(within(dimensions, new Map())).toEqual([true, true, true]);
  expect(within(dimensions, new Map([["lr", [0.4, 1] as const]]))).toEqual([false, true, true]);
  expect(within(dimensions, new Map([["lr", [0.4, 1] as const], ["outcome:loss", [0, 1] as const]]))).toEqual([false, true, false]);
});
