import { describe, expect, it } from "vitest";
import { rasterLine } from "./raster.ts";
import type { Ink, Target } from "./raster.ts";

const ink: Ink = { r: 255, g: 0, b: 0, alpha: 1, width: 2 };

function blank(width = 10, height = 10): Target {
  return { pixels: new Uint8ClampedArray(width * height * 4), stride: width, left: 0, top: 0, right: width, bottom: height };
}

function alpha(t: Target, x: number, y: number): number {
  return (t.pixels[(y * t.stride + x) * 4 + 3] as number) / 255;
}

function draw(t: Target, points: [number, number][], how: Ink = ink): void {
  rasterLine(t, Float32Array.from(points.map((p) => p[0])), Float32Array.from(points.map((p) => p[1])), points.length, how);
}

describe("columns", () => {
  it("cover a level line exactly", () => {
    const t = blank();
    draw(t, [[0, 5], [10, 5]]);
    expect([3, 4, 5, 6].map((y) => alpha(t, 4, y))).toEqual([0, 1, 1, 0]);
  });

  it("cover a line between pixels in part", () => {
    const t = blank();
    draw(t, [[0, 5.25], [10, 5.25]]);
    expect([3, 4, 5, 6].map((y) => Math.round(alpha(t, 4, y) * 100))).toEqual([0, 75, 100, 25]);
  });

  it("leave gaps open and stay in the clip", () => {
    const t = { ...blank(), left: 2, bottom: 6 };
    draw(t, [[0, 5], [4, 5], [6, Number.NaN], [8, 20], [9, -20]]);
    expect(alpha(t, 1, 5)).toBe(0);
    expect(alpha(t, 3, 5)).toBe(1);
    expect(alpha(t, 6, 5)).toBe(0);
    expect(alpha(t, 8, 5)).toBe(1);
    expect(alpha(t, 8, 6)).toBe(0);
  });

  it("join many points of a column in one span", () => {
    const t = blank();
    draw(t, [[4.1, 2], [4.3, 8], [4.5, 3], [4.7, 7]], { ...ink, width: 1.5 });
    expect([0, 1, 5, 8, 9].map((y) => alpha(t, 4, y) > 0.7)).toEqual([false, true, true, true, false]);
    expect(alpha(t, 5, 5)).toBe(0);
  });

  it("make a steep line as wide as a level one", () => {
    const t = blank();
    draw(t, [[4.5, 1], [4.6, 9]], { ...ink, width: 3 });
    expect([2, 3, 4, 5, 6].map((x) => alpha(t, x, 5))).toEqual([0, 1, 1, 1, 0]);
  });

  it("blend over what is there", () => {
    const t = blank();
    draw(t, [[0, 5], [10, 5]]);
    draw(t, [[0, 5], [10, 5]], { ...ink, r: 0, b: 255, alpha: 0.5 });
    const i = (5 * 10 + 4) * 4;
    expect(Array.from(t.pixels.subarray(i, i + 4))).toEqual([128, 0, 128, 255]);
  });

  it("follow a dash", () => {
    const t = blank();
    draw(t, [[0, 5], [10, 5]], { ...ink, dash: [2, 3] });
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((x) => alpha(t, x, 5))).toEqual([1, 1, 0, 0, 0, 1, 1, 0]);
  });
});
