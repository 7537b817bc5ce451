import type { Frame } from "./frame.ts";
import { places, toPixel, toValue } from "./scale.ts";
import type { Scale } from "./scale.ts";
import type { ScaleKind, Series } from "./types.ts";
import { lowerBound } from "./visible.ts";

export interface Hit {
  series: Series;
  /** The point nearest in x. */
  index: number;
  px: number;
  py: number;
  /** Distance in pixels from the pointer to the line at the pointer's x. */
  distance: number;
}

function nearestUnsorted(x: Float64Array, value: number): number {
  let best = -1;
  for (let i = 0; i < x.length; i++) {
    if (best < 0 || Math.abs((x[i] as number) - value) < Math.abs((x[best] as number) - value)) best = i;
  }
  return best;
}

/** Index of the point nearest to `value` in x, or -1. */
export function nearestIndex(s: Series, value: number): number {
  if (!s.sorted) return nearestUnsorted(s.x, value);
  const i = lowerBound(s.x, value);
  if (i === s.x.length) return i - 1;
  if (i === 0) return 0;
  return value - (s.x[i - 1] as number) <= (s.x[i] as number) - value ? i - 1 : i;
}

function placed(s: Series, index: number, kind: ScaleKind): boolean {
  const v = s.y[index];
  return v !== undefined && places(kind, v);
}

/** Height of the line at pixel `px`, between the point `index` and its neighbour on that side. */
function heightAt(s: Series, index: number, px: number, sx: Scale, sy: Scale): number {
  const x0 = toPixel(sx, s.x[index] as number);
  const y0 = toPixel(sy, s.y[index] as number);
  const other = px < x0 ? index - 1 : index + 1;
  if (!placed(s, other, sy.kind)) return y0;
  const x1 = toPixel(sx, s.x[other] as number);
  const y1 = toPixel(sy, s.y[other] as number);
  if (!Number.isFinite(x1) || x1 === x0) return y0;
  return y0 + ((y1 - y0) * (px - x0)) / (x1 - x0);
}

function hitLine(s: Series, px: number, py: number, sx: Scale, sy: Scale, reach: number): Hit | null {
  const index = nearestIndex(s, toValue(sx, px));
  if (index < 0 || !placed(s, index, sy.kind)) return null;
  const x = toPixel(sx, s.x[index] as number);
  if (!Number.isFinite(x)) return null;
  const last = s.x.length - 1;
  const beyond = (index === 0 && px < x) || (index === last && px > x);
  if (beyond && Math.abs(px - x) > reach) return null;
  const at = beyond ? y(s, index, sy) : heightAt(s, index, px, sx, sy);
  const distance = beyond ? Math.hypot(px - x, py - at) : Math.abs(py - at);
  return { series: s, index, px: x, py: y(s, index, sy), distance };
}

function y(s: Series, index: number, sy: Scale): number {
  return toPixel(sy, s.y[index] as number);
}

/** Lines at the pointer, the closest first. A line that ends more than `reach` pixels away is left out. */
export function nearest(all: Series[], px: number, py: number, sx: Scale, sy: Scale, reach = 16): Hit[] {
  const hits: Hit[] = [];
  for (const s of all) {
    if (s.line.faint) continue;
    const hit = hitLine(s, px, py, sx, sy, reach);
    if (hit) hits.push(hit);
  }
  return hits.sort((a, b) => a.distance - b.distance);
}

/** What is pointed at: of `kept` the same points, where the chart shows them now; with null, what is nearest. */
export function pointedAt(all: Series[], at: { x: number; y: number }, { sx, sy }: Frame, kept: Hit[] | null): Hit[] {
  if (!kept) return nearest(all, at.x, at.y, sx, sy);
  return kept.map((hit) => ({ ...hit, px: toPixel(sx, hit.series.x[hit.index] as number), py: y(hit.series, hit.index, sy) }));
}
