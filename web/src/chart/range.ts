import { evenBelow, places, unwarp, warp } from "./scale.ts";
import type { Range, ScaleKind, Series } from "./types.ts";
import { visible } from "./visible.ts";

const SAMPLES = 4096;

/** The extent of x over all lines; only positive values on a log axis. */
export function xRange(all: Series[], log: boolean): Range | null {
  let lo = Infinity;
  let hi = -Infinity;
  for (const s of all) {
    for (let i = 0; i < s.x.length; i++) {
      const v = s.x[i] as number;
      if (!Number.isFinite(v) || (log && v <= 0)) continue;
      if (v < lo) lo = v;
      if (v > hi) hi = v;
      // Sorted: only the last can still widen the range.
      if (s.sorted && i < s.x.length - 1) i = s.x.length - 2;
    }
  }
  return lo <= hi ? [lo, hi] : null;
}

/** Calls `use` with each drawable value of `values` in the visible part of a line. */
function eachValue(s: Series, values: Float64Array, x: Range, kind: ScaleKind, use: (v: number) => void): void {
  const [from, to] = visible(s, x[0], x[1]);
  for (let i = from; i < to; i++) {
    const at = s.x[i] as number;
    const v = values[i] as number;
    if (at >= x[0] && at <= x[1] && places(kind, v)) use(v);
  }
}

/**
 * Leaves out what lies beyond three times the span from the 2nd to the 98th percentile.
 * `values` is sorted in place.
 */
export function robust(values: Float64Array): Range | null {
  if (values.length === 0) return null;
  values.sort();
  const at = (q: number): number => values[Math.round(q * (values.length - 1))] as number;
  const [p2, p98] = [at(0.02), at(0.98)];
  const reach = 3 * (p98 - p2);
  const first = values[0] as number;
  const last = values[values.length - 1] as number;
  if (reach === 0) return values.length < 50 ? [first, last] : [p2, p98];
  // With few points a percentile is itself an outlier; then the quartiles say what is usual.
  const [q1, q3] = [at(0.25), at(0.75)];
  const few = values.length < 100;
  const low = few ? q1 - 3 * (q3 - q1 || reach) : p2 - reach;
  const high = few ? q3 + 3 * (q3 - q1 || reach) : p98 + reach;
  return [values.find((v) => v >= low) ?? first, values.findLast((v) => v <= high) ?? last];
}

function robustRange(all: Series[], x: Range, kind: ScaleKind): Range | null {
  let total = 0;
  for (const s of all) eachValue(s, s.y, x, kind, () => total++);
  const stride = Math.max(1, Math.floor(total / SAMPLES));
  const sample = new Float64Array(Math.ceil(total / stride));
  let seen = 0;
  let n = 0;
  for (const s of all) {
    eachValue(s, s.y, x, kind, (v) => {
      if (seen++ % stride === 0 && n < sample.length) sample[n++] = kind === "log" ? Math.log10(v) : v;
    });
  }
  const out = robust(sample.subarray(0, n));
  return out && kind === "log" ? [10 ** out[0], 10 ** out[1]] : out;
}

function fullRange(all: Series[], x: Range, kind: ScaleKind, bands: boolean): Range | null {
  let lo = Infinity;
  let hi = -Infinity;
  const use = (v: number): void => {
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  };
  for (const s of all) {
    eachValue(s, s.y, x, kind, use);
    if (!bands || s.line.faint) continue;
    if (s.smoothed && !s.line.members) eachValue(s, s.line.values, x, kind, use);
    if (s.low) eachValue(s, s.low, x, kind, use);
    if (s.high) eachValue(s, s.high, x, kind, use);
  }
  return lo <= hi ? [lo, hi] : null;
}

/** The y range of the visible part; `bands` says whether raw lines and bands are drawn too. */
export function yRange(all: Series[], x: Range, kind: ScaleKind, outliers: boolean, bands: boolean): Range | null {
  return outliers ? robustRange(all, x, kind) : fullRange(all, x, kind, bands);
}

/** Adds air around a range, and opens one of a single value. */
export function pad(range: Range, kind: ScaleKind, share: number): Range {
  const [lo, hi] = range;
  if (kind === "log" && hi / lo < 1 + 1e-9) return [lo / 2, hi * 2];
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  if (hi - lo <= size * 1e-12) return size === 0 ? [-1, 1] : [lo - size * 0.1, hi + size * 0.1];
  const even = evenBelow(lo, hi);
  const [u, v] = [warp(kind, lo, even), warp(kind, hi, even)];
  const air = (v - u) * share;
  return [unwarp(kind, u - air, even), unwarp(kind, v + air, even)];
}
