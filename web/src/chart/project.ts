import { warp } from "./scale.ts";
import type { Scale } from "./scale.ts";
import { visible } from "./visible.ts";
import type { Series } from "./types.ts";

/** Device pixels of one line; shared by all charts, since one line is drawn at a time. */
export interface Pixels {
  x: Float32Array;
  y: Float32Array;
  n: number;
  /** Indices of points without neighbours. */
  alone: number[];
}

const pixels: Pixels = { x: new Float32Array(4096), y: new Float32Array(4096), n: 0, alone: [] };
const FAR = 1e5;

function grow(n: number): void {
  if (pixels.x.length >= n) return;
  pixels.x = new Float32Array(n * 2);
  pixels.y = new Float32Array(n * 2);
}

function findAlone(n: number): void {
  pixels.alone.length = 0;
  const { y } = pixels;
  for (let i = 0; i < n; i++) {
    const gap = (k: number): boolean => k < 0 || k >= n || Number.isNaN(y[k]);
    if (!gap(i) && gap(i - 1) && gap(i + 1)) pixels.alone.push(i);
  }
}

/** Projects the visible part of a line. The answer is valid until the next call. */
export function project(s: Series, values: Float64Array, sx: Scale, sy: Scale, dpr: number): Pixels {
  const [from, to] = visible(s, sx.lo, sx.hi);
  const n = to - from;
  grow(n);
  const { x, y } = pixels;
  const [ax, bx, ay, by] = [sx.a * dpr, sx.b * dpr, sy.a * dpr, sy.b * dpr];
  for (let k = 0; k < n; k++) {
    const u = s.x[from + k] as number;
    const v = values[from + k] as number;
    const px = ax * warp(sx.kind, u, sx.even) + bx;
    const py = ay * warp(sy.kind, v, sy.even) + by;
    // Subtracting turns infinities into NaN: a gap.
    const bad = px - px + (py - py);
    x[k] = px < -FAR ? -FAR : px > FAR ? FAR : px;
    y[k] = (py < -FAR ? -FAR : py > FAR ? FAR : py) + bad;
  }
  pixels.n = n;
  findAlone(n);
  return pixels;
}
