import { expect, it } from "vitest";
import { toPlace, toWeight, weightText } from "./smoothing-weight.ts";

it("reaches from nothing to 0.9999, as finely at the heavy end", () => {
  expect([0, 0.25, 0.5, 0.75, 1].map(toWeight)).toEqual([0, 0.9, 0.99, 0.999, 0.9999]);
});

it("stays where it was put", () => {
  for (const place of [0, 0.1, 0.25, 0.6, 0.9, 1]) expect(toPlace(toWeight(place))).toBeCloseTo(place, 1.5);
  expect(toPlace(1)).toBe(1);
});

it("says weights with the digits that matter", () => {
  expect([0, 0.6, 0.95, 0.9975].map(weightText)).toEqual(["0.00", "0.60", "0.950", "0.9975"]);
});
