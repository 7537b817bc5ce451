/** Draws lines of many points as one vertical span per pixel column: far cheaper than stroking a path. */
export interface Target {
  pixels: Uint8ClampedArray;
  stride: number;
  /** Clip, in device pixels. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Ink {
  r: number;
  g: number;
  b: number;
  alpha: number;
  /** Device pixels. */
  width: number;
  dash?: number[];
}

let low = new Float32Array(0);
let high = new Float32Array(0);
/** Segments that touch a column; 1 means that the line just passes through. */
let hits = new Uint8Array(0);
/** `low` and `high` with steep parts spread to the width of the line. */
let wideLow = new Float32Array(0);
let wideHigh = new Float32Array(0);
/** Pixels of rise per column up to which the slope alone tells the coverage. */
const STEEP = 2;

function clear(columns: number): void {
  if (low.length < columns) {
    low = new Float32Array(columns);
    high = new Float32Array(columns);
    hits = new Uint8Array(columns);
    wideLow = new Float32Array(columns);
    wideHigh = new Float32Array(columns);
  }
  low.fill(Infinity, 0, columns);
  high.fill(-Infinity, 0, columns);
  hits.fill(0, 0, columns);
}

function widen(c: number, y0: number, y1: number): void {
  const top = y0 < y1 ? y0 : y1;
  const end = y0 < y1 ? y1 : y0;
  if (top < (low[c] as number)) low[c] = top;
  if (end > (high[c] as number)) high[c] = end;
  if ((hits[c] as number) < 2) hits[c] = (hits[c] as number) + 1;
}

function segment(t: Target, x0: number, y0: number, x1: number, y1: number): void {
  if (x1 < x0) return segment(t, x1, y1, x0, y0);
  if (x1 < t.left || x0 >= t.right) return;
  const slope = x1 > x0 ? (y1 - y0) / (x1 - x0) : 0;
  const first = Math.max(t.left, Math.floor(x0));
  const last = Math.min(t.right - 1, Math.floor(x1));
  for (let c = first; c <= last; c++) {
    const from = c > x0 ? y0 + (c - x0) * slope : y0;
    const to = c + 1 < x1 ? y0 + (c + 1 - x0) * slope : y1;
    widen(c - t.left, from, to);
    // A column that a segment ends in is no clean pass.
    if ((c < x0 || c + 1 > x1) && hits[c - t.left] === 1) hits[c - t.left] = 2;
  }
}

function blend(p: Uint8ClampedArray, i: number, ink: Ink, coverage: number): void {
  const alpha = ink.alpha * coverage;
  const below = (p[i + 3] as number) / 255;
  if (alpha > 0.998 || below === 0) {
    p[i] = ink.r;
    p[i + 1] = ink.g;
    p[i + 2] = ink.b;
    p[i + 3] = alpha * 255;
    return;
  }
  const rest = below * (1 - alpha);
  const sum = alpha + rest;
  p[i] = (ink.r * alpha + (p[i] as number) * rest) / sum;
  p[i + 1] = (ink.g * alpha + (p[i + 1] as number) * rest) / sum;
  p[i + 2] = (ink.b * alpha + (p[i + 2] as number) * rest) / sum;
  p[i + 3] = sum * 255;
}

/** One column: full between the two ramps, fading over `ramp` pixels at both ends. */
function span(t: Target, c: number, from: number, to: number, ramp: number, ink: Ink): void {
  const first = Math.max(t.top, Math.floor(from - ramp / 2));
  const last = Math.min(t.bottom - 1, Math.ceil(to + ramp / 2) - 1);
  for (let y = first; y <= last; y++) {
    const mid = y + 0.5;
    const into = (mid - from) / ramp + 0.5;
    const left = (to - mid) / ramp + 0.5;
    const coverage = Math.min(1, into) + Math.min(1, left) - 1;
    if (coverage > 0) blend(t.pixels, (y * t.stride + c) * 4, ink, coverage);
  }
}

/** A steep line is as wide as a level one: it covers the columns beside it too. */
function spread(columns: number, width: number): void {
  wideLow.set(low.subarray(0, columns));
  wideHigh.set(high.subarray(0, columns));
  const reach = Math.round((width - 1) / 2);
  if (reach === 0) return;
  for (let c = 0; c < columns; c++) {
    const lo = low[c] as number;
    const hi = high[c] as number;
    if (!(hi - lo > STEEP)) continue;
    for (let k = Math.max(0, c - reach); k <= c + reach && k < columns; k++) {
      if (lo < (wideLow[k] as number)) wideLow[k] = lo;
      if (hi > (wideHigh[k] as number)) wideHigh[k] = hi;
      hits[k] = 2;
    }
  }
}

function dashed(ink: Ink, column: number): boolean {
  if (!ink.dash || ink.dash.length === 0) return false;
  const total = ink.dash.reduce((a, b) => a + b, 0);
  let at = column % total;
  for (let k = 0; k < ink.dash.length; k++) {
    at -= ink.dash[k] as number;
    if (at < 0) return k % 2 === 1;
  }
  return false;
}

/** `px`, `py`: device pixels, NaN for a gap. */
export function rasterLine(t: Target, px: Float32Array, py: Float32Array, n: number, ink: Ink): void {
  const columns = t.right - t.left;
  if (columns <= 0) return;
  clear(columns);
  for (let i = 1; i < n; i++) {
    const y0 = py[i - 1] as number;
    const y1 = py[i] as number;
    if (y0 === y0 && y1 === y1) segment(t, px[i - 1] as number, y0, px[i] as number, y1);
  }
  spread(columns, ink.width);
  for (let c = 0; c < columns; c++) {
    const lo = wideLow[c] as number;
    const hi = wideHigh[c] as number;
    if (lo > hi || dashed(ink, c)) continue;
    const rise = hi - lo;
    // A line that passes through at a slope covers the ends of its column in part.
    const slanted = hits[c] === 1 && rise <= STEEP;
    const half = slanted ? (ink.width * Math.sqrt(1 + rise * rise)) / 2 : ink.width / 2;
    const mid = (lo + hi) / 2;
    if (slanted) span(t, t.left + c, mid - half, mid + half, Math.max(1, rise), ink);
    else span(t, t.left + c, lo - half, hi + half, 1, ink);
  }
}
