import { expect, it } from "vitest";
import { zoomedTo, zoomOf } from "./zoom.ts";
import type { Zoom } from "./zoom.ts";

const none: Zoom = { xMin: null, xMax: null, views: new Map() };

it("shows the same x in all charts that are linked, and a height in one", () => {
  const zoom = zoomedTo(none, true, "loss", { x: [1, 2], y: [5, 6] });
  expect(zoomOf(zoom, true, "loss")).toEqual({ x: [1, 2], y: [5, 6] });
  expect(zoomOf(zoom, true, "accuracy")).toEqual({ x: [1, 2], y: null });
});

it("leaves other charts alone where they are not linked", () => {
  const zoom = zoomedTo(none, false, "loss", { x: [1, 2], y: null });
  expect(zoomOf(zoom, false, "loss")).toEqual({ x: [1, 2], y: null });
  expect(zoomOf(zoom, false, "accuracy")).toBeNull();
});

it("ends with a reset", () => {
  const zoom = zoomedTo(zoomedTo(none, true, "loss", { x: [1, 2], y: [5, 6] }), true, "loss", null);
  expect(zoom).toEqual(none);
});
