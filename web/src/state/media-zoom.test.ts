import { expect, it } from "vitest";
import { dragged, transformOf, WHOLE, zoomedAbout } from "./media-zoom.ts";

it("keeps what is under the pointer there", () => {
  const at = { x: 0.75, y: 0.25 };
  const close = zoomedAbout(zoomedAbout(WHOLE, 2, at), 2, at);
  expect(close.scale).toBe(4);
  // The point of the picture that the frame shows at `at`.
  expect(close.x + (at.x - 0.5) / close.scale).toBeCloseTo(0.75);
  expect(close.y + (at.y - 0.5) / close.scale).toBeCloseTo(0.25);
  expect(zoomedAbout(close, 0.1, { x: 0, y: 0 })).toEqual(WHOLE);
});

it("drags a picture no further than its edges", () => {
  const close = zoomedAbout(WHOLE, 4, { x: 0.5, y: 0.5 });
  expect(dragged(close, 0.5, 0)).toEqual({ scale: 4, x: 0.375, y: 0.5 });
  expect(dragged(close, 9, -9)).toEqual({ scale: 4, x: 0.125, y: 0.875 });
  expect(dragged(WHOLE, 0.3, 0.3)).toEqual(WHOLE);
});

it("says it as a transformation", () => {
  expect(transformOf(WHOLE)).toBe("none");
  expect(transformOf({ scale: 2, x: 0.25, y: 0.5 })).toBe("scale(2) translate(25.0000%, 0.0000%)");
});
