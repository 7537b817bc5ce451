import type { Frame } from "../frame.ts";
import { toPixel } from "../scale.ts";
import type { Theme } from "../theme.ts";
import { density, evenly } from "./bins.ts";
import type { Histogram } from "./bins.ts";

/** Pixels between two ridges at least, and what a ridge rises to at most, as a share of the plot. */
const APART = 9;
const RISE = 0.28;

export function riseOf(height: number): number {
  return Math.max(18, height * RISE);
}

/** The histograms that there is room for, the oldest first. */
export function ridgesOf(list: readonly Histogram[], height: number): Histogram[] {
  return evenly(list, Math.max(2, Math.floor((height - riseOf(height)) / APART)));
}

/** The outline of a ridge in CSS pixels: through the middles of its bins, down to its foot at both ends. */
export function outline(h: Histogram, f: Frame, rise: number): [number, number][] {
  const foot = toPixel(f.sy, h.step);
  const points: [number, number][] = [[toPixel(f.sx, h.edges[0]!), foot]];
  for (let k = 0; k < h.counts.length; k++) {
    const share = h.peak > 0 ? density(h, k) / h.peak : 0;
    points.push([toPixel(f.sx, (h.edges[k]! + h.edges[k + 1]!) / 2), foot - share * rise]);
  }
  points.push([toPixel(f.sx, h.edges.at(-1)!), foot]);
  return points;
}

/** The ridge at a place: the frontmost whose foot is at or below it and that rises that far, or the nearest foot. */
export function ridgeAt(list: readonly Histogram[], f: Frame, y: number): number {
  let best = -1;
  for (let k = 0; k < list.length; k++) {
    const foot = toPixel(f.sy, list[k]!.step);
    if (foot >= y - 2) return k;
    best = k;
  }
  return best;
}

/** Draws histograms behind each other, the newest in front; `lit` is the one pointed at. */
export function drawRidges(ctx: CanvasRenderingContext2D, f: Frame, list: readonly Histogram[], color: string, theme: Theme, lit: number): void {
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  if (f.empty) return;
  ctx.setTransform(f.dpr, 0, 0, f.dpr, 0, 0);
  const rise = riseOf(f.box.bottom - f.box.top);
  ctx.lineJoin = "round";
  list.forEach((h, k) => {
    const [first, ...rest] = outline(h, f, rise);
    ctx.beginPath();
    ctx.moveTo(...first!);
    for (const point of rest) ctx.lineTo(...point);
    // What lies behind is covered, then tinted: the more the newer.
    ctx.globalAlpha = 0.85;
    ctx.fillStyle = theme.surface;
    ctx.fill();
    ctx.globalAlpha = 0.12 + (0.4 * (k + 1)) / list.length;
    ctx.fillStyle = color;
    ctx.fill();
    ctx.globalAlpha = k === lit ? 1 : 0.75;
    ctx.strokeStyle = k === lit ? theme.strong : color;
    ctx.lineWidth = k === lit ? 1.75 : 1;
    ctx.stroke();
  });
  ctx.globalAlpha = 1;
}
