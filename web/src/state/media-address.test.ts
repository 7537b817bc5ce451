import { expect, it } from "vitest";
import { mediaViewFields, parseMediaView, placeOf, stepBy } from "./media-address.ts";

it("reads and writes where the media page is, and which keys are elsewhere", () => {
  const fields = new URLSearchParams("media=steps&step=12&own_step=val/a:b:3&own_step=c:newest&own_step=bad&own_step=:4&own_step=d:x");
  const view = parseMediaView(fields);
  expect(view).toEqual({ media: "steps", step: 12, ownSteps: new Map([["val/a:b", 3], ["c", null]]) });
  expect(mediaViewFields(view)).toEqual({ media: "steps", step: "12", own_step: ["val/a:b:3", "c:newest"] });
  const plain = parseMediaView(new URLSearchParams("media=nonsense&step=1.5"));
  expect(plain).toEqual({ media: "runs", step: null, ownSteps: new Map() });
  expect(mediaViewFields(plain)).toEqual({ media: null, step: null, own_step: [] });
});

it("goes only where something is, and follows the newest from the end on", () => {
  const steps = [-5, 0, 10, 30];
  expect([null, -6, -5, 12, 99].map((step) => placeOf(steps, step))).toEqual([3, -1, 0, 2, 3]);
  expect(stepBy(steps, null, -1)).toBe(10);
  expect(stepBy(steps, 12, -1)).toBe(0);
  expect(stepBy(steps, 12, 1)).toBeNull();
  expect(stepBy(steps, 0, -10)).toBe(-5);
  expect(stepBy(steps, 0, 10)).toBeNull();
  expect(stepBy([], null, 1)).toBeNull();
});
