import { compact, power } from "./format.ts";

/** Maps values to pixels: pixel = a * (log10) value + b. */
export interface Scale {
  log: boolean;
  lo: number;
  hi: number;
  a: number;
  b: number;
}

export interface Tick {
  value: number;
  label: string;
}

export function makeScale(lo: number, hi: number, log: boolean, p0: number, p1: number): Scale {
  const u = log ? Math.log10(lo) : lo;
  const v = log ? Math.log10(hi) : hi;
  const a = (p1 - p0) / (v - u);
  return { log, lo, hi, a, b: p0 - a * u };
}

export function toPixel(s: Scale, value: number): number {
  return s.a * (s.log ? Math.log10(value) : value) + s.b;
}

export function toValue(s: Scale, pixel: number): number {
  const t = (pixel - s.b) / s.a;
  return s.log ? 10 ** t : t;
}

/** The smallest of 1, 2, 5 × 10^k that is not below `rough`. */
export function niceStep(rough: number): number {
  const unit = 10 ** Math.floor(Math.log10(rough));
  const m = rough / unit;
  const factor = m <= 1.0000001 ? 1 : m <= 2.0000001 ? 2 : m <= 5.0000001 ? 5 : 10;
  return factor * unit;
}

/** Multiples of `step` within [lo, hi]. */
export function multiples(lo: number, hi: number, step: number): number[] {
  const out: number[] = [];
  const slack = 1e-9;
  const last = Math.floor(hi / step + slack);
  for (let k = Math.ceil(lo / step - slack); k <= last && out.length < 200; k++) {
    // Dividing by a whole number is exact where multiplying by 0.1 is not.
    out.push(k === 0 ? 0 : step < 1 ? k / Math.round(1 / step) : k * step);
  }
  return out;
}

export function linearTicks(lo: number, hi: number, count: number, whole = false): Tick[] {
  if (!(hi > lo)) return [{ value: lo, label: compact(lo, Math.abs(lo) || 1, Math.abs(lo)) }];
  let step = niceStep((hi - lo) / Math.max(1, count));
  if (whole && step < 1) step = 1;
  const size = Math.max(Math.abs(lo), Math.abs(hi));
  return multiples(lo, hi, step).map((value) => ({ value, label: compact(value, step, size) }));
}

export function logTicks(lo: number, hi: number, count: number): Tick[] {
  const decades = Math.log10(hi / lo);
  if (decades < 0.7) return linearTicks(lo, hi, count);
  const every = Math.max(1, Math.ceil(decades / Math.max(1, count) - 0.25));
  const factors = decades * 3 <= count ? [1, 2, 5] : decades * 2 <= count ? [1, 3] : [1];
  const out: Tick[] = [];
  for (let k = Math.floor(Math.log10(lo)); k <= Math.ceil(Math.log10(hi)); k++) {
    if (k % every !== 0) continue;
    for (const f of factors) {
      const value = Number(`${f}e${k}`);
      if (value >= lo * (1 - 1e-9) && value <= hi * (1 + 1e-9)) {
        out.push({ value, label: power(value, lo) });
      }
    }
  }
  return out.length > 1 ? out : linearTicks(lo, hi, count);
}
