import { expect, it } from "vitest";
import type { Run } from "../api/types.ts";
import { colourByOf, placeOn, schemeOf, slotIn } from "./scheme.ts";

let slot = 0;
const run = (config: object, more: object = {}): Run => ({ id: `r${slot}`, slot: slot++, colour: null, group: null, config, summary: {}, ...more }) as unknown as Run;

it("colours by run, by group where there are groups, or by a column", () => {
  expect(colourByOf(null, null)).toEqual({ of: "run" });
  expect(colourByOf(null, "lr")).toEqual({ of: "group", by: "lr" });
  expect(colourByOf("run", "lr")).toEqual({ of: "run" });
  expect(colourByOf("config:lr", "group")).toEqual({ of: "column", id: "config:lr" });
  expect(colourByOf("nonsense", null)).toEqual({ of: "run" });
});

it("gives groups colours in the order in which they came to be, so that a new one changes none", () => {
  const by = colourByOf(null, "optimizer");
  const [b, a, none] = [run({ optimizer: "b" }), run({ optimizer: "a" }), run({})];
  const before = schemeOf([none, a, b], by);
  const after = schemeOf([run({ optimizer: "0" }), none, a, b], by);
  expect(before).toEqual({ kind: "classes", slots: [["b", 0], ["a", 1]] });
  expect([b, a, none].map((each) => slotIn(after as typeof before & { kind: "classes" }, each, by))).toEqual([0, 1, null]);
});

it("takes the colour that somebody chose for the first run of a group", () => {
  const by = colourByOf(null, "x");
  expect(schemeOf([run({ x: 1 }, { colour: 7 }), run({ x: 2 })], by)).toEqual({ kind: "classes", slots: [["1", 7], ["2", 1]] });
});

it("puts numbers on a ramp, by their powers where they span many", () => {
  const by = colourByOf("config:lr", null);
  const linear = schemeOf([run({ lr: 1 }), run({ lr: 3 }), run({})], by);
  expect(linear).toEqual({ kind: "ramp", low: 1, high: 3, log: false });
  const powers = schemeOf([run({ lr: 1e-4 }), run({ lr: 1e-2 })], by) as typeof linear & { kind: "ramp" };
  expect(placeOn(powers, 1e-3)).toBeCloseTo(0.5);
  expect(placeOn(powers, Number.NaN)).toBeNull();
  expect(placeOn(powers, "x")).toBeNull();
});

it("puts a single number in the middle, and texts into classes", () => {
  const by = colourByOf("config:lr", null);
  expect(placeOn(schemeOf([run({ lr: 5 })], by) as { kind: "ramp"; low: number; high: number; log: boolean }, 5)).toBe(0.5);
  expect(schemeOf([run({ lr: 5 }), run({ lr: "auto" })], by).kind).toBe("classes");
});
