import type { Series } from "./types.ts";

/** The first index whose x is at least `value`. */
export function lowerBound(x: Float64Array, value: number): number {
  let lo = 0;
  let hi = x.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if ((x[mid] as number) < value) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** Indices [from, to) that touch [x0, x1], with a neighbour on each side. */
export function visible(s: Series, x0: number, x1: number): [number, number] {
  if (!s.sorted) return [0, s.x.length];
  const from = Math.max(0, lowerBound(s.x, x0) - 1);
  let to = lowerBound(s.x, x1);
  while (to < s.x.length && s.x[to] === x1) to++;
  return [from, Math.min(s.x.length, to + 1)];
}
