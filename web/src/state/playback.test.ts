import { expect, it } from "vitest";
import { apart, placeWithin } from "./playback.ts";

it("has shorter videos begin again while longer ones go on", () => {
  expect([0, 1.5, 2, 5].map((seconds) => placeWithin(seconds, 2))).toEqual([0, 1.5, 0, 1]);
  expect(placeWithin(3, 0)).toBe(0);
});

it("counts the end of a video as its beginning", () => {
  expect(apart(0.1, 1.9, 2)).toBeCloseTo(0.2);
  expect(apart(0.5, 1, 2)).toBeCloseTo(0.5);
  expect(apart(1, 3, 0)).toBe(2);
});
