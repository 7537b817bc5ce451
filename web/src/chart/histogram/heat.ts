import type { Frame } from "../frame.ts";
import { toPixel } from "../scale.ts";
import { rgb } from "../theme.ts";
import { columnEdges, density } from "./bins.ts";
import type { Histogram } from "./bins.ts";

/** What is in a bin at all must be seen. */
const FAINTEST = 0.1;

/** How strongly a bin is drawn, of 1: against the fullest one of its histogram, roots so that tails are seen. */
function strength(h: Histogram, bin: number): number {
  const share = h.peak > 0 ? density(h, bin) / h.peak : 0;
  return share > 0 ? FAINTEST + (1 - FAINTEST) * Math.sqrt(share) : 0;
}

/** Strengths of a histogram's bins on rows of pixels, from the top down; the strongest where several share one. */
function columnOf(h: Histogram, f: Frame, rows: number, out: Float32Array): void {
  out.fill(0);
  const { top } = f.box;
  for (let bin = 0; bin < h.counts.length; bin++) {
    const value = strength(h, bin);
    if (value === 0) continue;
    const upper = (toPixel(f.sy, h.edges[bin + 1]!) - top) * f.dpr;
    const lower = (toPixel(f.sy, h.edges[bin]!) - top) * f.dpr;
    const from = Math.max(0, Math.floor(upper));
    const to = Math.min(rows, Math.max(from + 1, Math.round(lower)));
    for (let row = from; row < to; row++) out[row] = Math.max(out[row]!, value);
  }
}

/** Pixels (device, from the left of the plot) at which the columns of histograms begin, and where the last one ends. */
export function columnPixels(at: readonly number[], f: Frame): number[] {
  return columnEdges(at).map((x) => Math.round((toPixel(f.sx, x) - f.box.left) * f.dpr));
}

/** Draws a column per histogram, its bins as strong as they are full. `at`: their places on the x axis. */
export function drawHeat(ctx: CanvasRenderingContext2D, f: Frame, list: readonly Histogram[], at: readonly number[], color: string): void {
  const { left, top, right, bottom } = f.box;
  const [columns, rows] = [Math.round((right - left) * f.dpr), Math.round((bottom - top) * f.dpr)];
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  if (f.empty || columns <= 0 || rows <= 0) return;
  const image = new ImageData(columns, rows);
  const [r, g, b] = rgb(color);
  const pixels = columnPixels(at, f);
  const strengths = new Float32Array(rows);
  list.forEach((h, k) => {
    const [from, to] = [Math.max(0, pixels[k]!), Math.min(columns, Math.max(pixels[k]! + 1, pixels[k + 1]!))];
    if (to <= from) return;
    columnOf(h, f, rows, strengths);
    for (let row = 0; row < rows; row++) {
      const alpha = Math.round(strengths[row]! * 255);
      if (alpha === 0) continue;
      for (let column = from; column < to; column++) image.data.set([r, g, b, alpha], (row * columns + column) * 4);
    }
  });
  ctx.putImageData(image, Math.round(left * f.dpr), Math.round(top * f.dpr));
}
