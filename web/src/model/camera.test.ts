import { expect, test } from "vitest";
import { closer, eyeOf, facing, lookOf, moved, turned } from "./camera.ts";
import { boxOf } from "./geometry.ts";
import type { Matrix, Vector } from "./matrix.ts";

const BOX = { low: [-1, -2, -3], high: [1, 2, 3] } as { low: [number, number, number]; high: [number, number, number] };

/** Where a place comes to lie in the picture, -1 to 1. */
function shown(picture: Matrix, [x, y, z]: Vector): number[] {
  const [u, v, depth, w] = [0, 1, 2, 3].map((row) => picture[row]! * x + picture[4 + row]! * y + picture[8 + row]! * z + picture[12 + row]!);
  return [u! / w!, v! / w!, depth! / w!];
}

test("all of a shape is in the picture, its middle in the middle, whatever is up", () => {
  for (const up of ["y", "z"] as const) {
    const { picture } = lookOf(facing(BOX, up), 1);
    expect(shown(picture, [0, 0, 0])[0]).toBeCloseTo(0);
    for (const x of [-1, 1]) for (const y of [-2, 2]) for (const z of [-3, 3]) for (const part of shown(picture, [x, y, z])) expect(Math.abs(part)).toBeLessThan(1);
    const above: Vector = up === "y" ? [0, 1, 0] : [0, 0, 1];
    expect(shown(picture, above)[1]).toBeGreaterThan(0);
  }
});

test("turning keeps the distance and stops above and below", () => {
  const camera = turned(facing(BOX, "z"), 1, 100);
  expect(Math.hypot(...eyeOf(camera))).toBeCloseTo(camera.distance);
  expect(camera.tilt).toBeLessThan(Math.PI / 2);
});

test("coming closer ends before the middle, going away in sight", () => {
  const camera = facing(BOX, "y");
  expect(closer(camera, 2).distance).toBeCloseTo(camera.distance / 2);
  expect(closer(camera, 1e9).distance).toBeGreaterThan(0);
  expect(closer(camera, 1e-9).distance).toBeLessThan(Infinity);
});

test("what is moved goes with the pointer", () => {
  const camera = facing(BOX, "z");
  const before = shown(lookOf(camera, 1).picture, [0, 0, 0]);
  const after = shown(lookOf(moved(camera, 0.1, 0.1), 1).picture, [0, 0, 0]);
  expect(after[0]! - before[0]!).toBeCloseTo(0.2, 1);
  expect(after[1]! - before[1]!).toBeCloseTo(-0.2, 1);
});

test("a shape of one point, or of none that is finite, has a place to look at", () => {
  const at = (numbers: number[]) => ({ positions: Float32Array.from(numbers), colours: null, triangles: null, left: [] });
  expect(facing(boxOf(at([5, 5, 5])), "y")).toMatchObject({ about: [5, 5, 5], size: 1 });
  expect(boxOf(at([NaN, NaN, NaN]))).toEqual({ low: [0, 0, 0], high: [0, 0, 0] });
  expect(boxOf(at([NaN, 1, 2, 3, 4, 5]))).toEqual({ low: [3, 1, 2], high: [3, 4, 5] });
});
