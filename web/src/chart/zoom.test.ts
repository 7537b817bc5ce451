import { expect, it } from "vitest";
import type { Frame } from "./frame.ts";
import { makeScale } from "./scale.ts";
import { moved, viewOf, zoomAbout } from "./zoom.ts";

const box = { width: 120, height: 60, left: 10, top: 0, right: 110, bottom: 50 };
const frame = { box, sx: makeScale(0, 100, "linear", 10, 110), sy: makeScale(0, 5, "linear", 50, 0) } as Frame;

it("shows what a rectangle holds, and keeps what it leaves alone", () => {
  expect(viewOf(frame, { x: [20, 60], y: null }, null)).toEqual({ x: [10, 50], y: null });
  expect(viewOf(frame, { x: null, y: [0, 25] }, { x: [1, 2], y: null })).toEqual({ x: [1, 2], y: [2.5, 5] });
  expect(viewOf(frame, { x: [20, 60], y: null }, { x: null, y: [1, 2] })).toEqual({ x: [10, 50], y: [1, 2] });
});

it("refuses what is too small to be told apart", () => {
  expect(viewOf(frame, { x: [20, 20], y: null }, null)).toBeNull();
});

it("zooms about a place that stays where it is", () => {
  expect(zoomAbout(frame, 0.5, 60, null)).toEqual({ x: [25, 75], y: null });
  expect(zoomAbout(frame, 0.5, 10, null)).toEqual({ x: [0, 50], y: null });
});

it("moves along x, and along y only where a height was chosen", () => {
  expect(moved(frame, 10, 10, null)).toEqual({ x: [-10, 90], y: null });
  expect(moved(frame, 0, 10, { x: null, y: [0, 5] })!.y).toEqual([expect.closeTo(1), expect.closeTo(6)]);
});
