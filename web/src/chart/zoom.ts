import type { Frame } from "./frame.ts";
import type { Selection } from "./pointer.ts";
import { toValue } from "./scale.ts";
import type { View } from "./types.ts";

/** Narrower than this share of its magnitude, a range has no numbers left to tell apart. */
const FINEST = 1e-11;

function tooFine(lo: number, hi: number): boolean {
  return !(hi - lo > Math.max(Math.abs(lo), Math.abs(hi)) * FINEST);
}

/** The view that a rectangle in pixels chooses; null if it is too small to show. */
export function viewOf(f: Frame, s: Selection, before: View | null): View | null {
  const [x0, x1] = [toValue(f.sx, s.x0), toValue(f.sx, s.x1)];
  if (tooFine(x0, x1)) return null;
  if (s.y0 !== undefined && s.y1 !== undefined) {
    const [y0, y1] = [toValue(f.sy, s.y1), toValue(f.sy, s.y0)];
    return tooFine(y0, y1) ? null : { x0, x1, y0, y1 };
  }
  // A height once chosen stays while zooming in x.
  return before?.y0 === undefined ? { x0, x1 } : { ...before, x0, x1 };
}

/** Scales the x range by `factor` about pixel `px`. */
export function zoomAbout(f: Frame, factor: number, px: number, before: View | null): View | null {
  const { left, right } = f.box;
  const at = Math.min(right, Math.max(left, px));
  return viewOf(f, { x0: at - (at - left) * factor, x1: at + (right - at) * factor }, before);
}
