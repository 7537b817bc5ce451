import type { Frame } from "./frame.ts";
import { toValue } from "./scale.ts";
import type { Scale } from "./scale.ts";
import type { Range, View } from "./types.ts";

/** Narrower than this share of its magnitude, a range has no numbers left to tell apart. */
const FINEST = 1e-11;

function ranged(scale: Scale, from: number, to: number): Range | null {
  const lo = toValue(scale, from);
  const hi = toValue(scale, to);
  return hi - lo > Math.max(Math.abs(lo), Math.abs(hi)) * FINEST ? [lo, hi] : null;
}

/** The view that a rectangle in pixels chooses, of an axis or both; null if it is too small to show. */
export function viewOf(f: Frame, chosen: View, before: View | null): View | null {
  const x = chosen.x && ranged(f.sx, chosen.x[0], chosen.x[1]);
  // Pixels run downwards.
  const y = chosen.y && ranged(f.sy, chosen.y[1], chosen.y[0]);
  if ((chosen.x && !x) || (chosen.y && !y)) return null;
  // What was chosen of the other axis stays.
  return { x: x ?? before?.x ?? null, y: y ?? before?.y ?? null };
}

/** Scales the x range by `factor` about pixel `px`. */
export function zoomAbout(f: Frame, factor: number, px: number, before: View | null): View | null {
  const { left, right } = f.box;
  const at = Math.min(right, Math.max(left, px));
  return viewOf(f, { x: [at - (at - left) * factor, at + (right - at) * factor], y: null }, before);
}

/** Moves what is shown by so many pixels; up and down only where a height was chosen. */
export function moved(f: Frame, dx: number, dy: number, before: View | null): View | null {
  const { left, right, top, bottom } = f.box;
  const y: Range | null = before?.y ? [top - dy, bottom - dy] : null;
  return viewOf(f, { x: [left - dx, right - dx], y }, before);
}
