import { expect, test } from "vitest";
import { clock, loudnessOf, seekKey } from "./sound.ts";

test("a time is told in minutes and seconds", () => {
  expect([0, 9.9, 61, 3_600, -1].map(clock)).toEqual(["0:00", "0:09", "1:01", "60:00", "0:00"]);
});

test("keys lead through a sound and not beyond it", () => {
  expect(seekKey("ArrowRight", 58, 60)).toBe(60);
  expect(seekKey("ArrowLeft", 2, 60)).toBe(0);
  expect(seekKey("ArrowRight", 0, 2)).toBeCloseTo(0.2);
  expect([seekKey("Home", 5, 60), seekKey("End", 5, 60), seekKey("a", 5, 60)]).toEqual([0, 60, null]);
});

test("an outline is drawn in as many bars as fit, no extreme left out", () => {
  const peaks = new Int8Array([-10, 10, -64, 32, 0, 0, -1, 64]);
  expect(loudnessOf(peaks, 2)).toEqual([[-1, 0.5], [-1 / 64, 1]]);
  expect(loudnessOf(peaks, 8).length).toBe(8);
  expect(loudnessOf(peaks, 8)[0]).toEqual([-10 / 64, 10 / 64]);
});

test("silence and no outline are a flat line", () => {
  expect(loudnessOf(new Int8Array([0, 0]), 1)).toEqual([[0, 0]]);
  expect(loudnessOf(null, 2)).toEqual([[0, 0], [0, 0]]);
});
