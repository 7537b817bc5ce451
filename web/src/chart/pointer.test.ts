import { describe, expect, it } from "vitest";
import { selectionOf } from "./pointer.ts";

describe("a drag", () => {
  const box = { width: 400, height: 200, left: 40, top: 10, right: 390, bottom: 180 };

  it("selects along x, however unsteady the hand", () => {
    expect(selectionOf(box, [300, 50], [100, 60])).toEqual({ x: [100, 300], y: null });
    expect(selectionOf(box, [100, 50], [300, 75])).toEqual({ x: [100, 300], y: null });
  });

  it("selects a box when it is tall, too", () => {
    expect(selectionOf(box, [100, 30], [200, 500])).toEqual({ x: [100, 200], y: [30, 180] });
  });

  it("selects a height when it goes mostly up or down", () => {
    expect(selectionOf(box, [100, 50], [102, 120])).toEqual({ x: null, y: [50, 120] });
  });

  it("is no drag below a few pixels", () => {
    expect(selectionOf(box, [100, 50], [102, 52])).toBeNull();
  });
});
