import { compact, power } from "./format.ts";
import type { ScaleKind } from "./types.ts";

/** Maps values to pixels: pixel = a * (warped) value + b. */
export interface Scale {
  kind: ScaleKind;
  lo: number;
  hi: number;
  a: number;
  b: number;
  /** Of a symlog scale: values closer to zero than this lie about evenly. */
  even: number;
}

export interface Tick {
  value: number;
  label: string;
}

/** Decades that a symlog scale shows on each side of zero. */
const SYMLOG_DECADES = 3;

export function evenBelow(lo: number, hi: number): number {
  const size = Math.max(Math.abs(lo), Math.abs(hi)) || 1;
  return 10 ** (Math.ceil(Math.log10(size) - 1e-9) - SYMLOG_DECADES);
}

export function warp(kind: ScaleKind, value: number, even: number): number {
  if (kind === "linear") return value;
  return kind === "log" ? Math.log10(value) : Math.sign(value) * Math.log1p(Math.abs(value) / even);
}

export function unwarp(kind: ScaleKind, value: number, even: number): number {
  if (kind === "linear") return value;
  return kind === "log" ? 10 ** value : Math.sign(value) * Math.expm1(Math.abs(value)) * even;
}

export function makeScale(lo: number, hi: number, kind: ScaleKind, p0: number, p1: number, even = evenBelow(lo, hi)): Scale {
  const u = warp(kind, lo, even);
  const a = (p1 - p0) / (warp(kind, hi, even) - u);
  return { kind, lo, hi, a, b: p0 - a * u, even };
}

export function toPixel(s: Scale, value: number): number {
  return s.a * warp(s.kind, value, s.even) + s.b;
}

export function toValue(s: Scale, pixel: number): number {
  return unwarp(s.kind, (pixel - s.b) / s.a, s.even);
}

/** Whether a value has a place on the scale. */
export function places(kind: ScaleKind, value: number): boolean {
  return Number.isFinite(value) && (kind !== "log" || value > 0);
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

/** Zero, and powers of ten on both sides of it as far as there is room. */
export function symlogTicks(lo: number, hi: number, count: number, even: number): Tick[] {
  const sides = lo < 0 && hi > 0 ? 2 : 1;
  const every = Math.max(1, Math.ceil(((SYMLOG_DECADES + 1) * sides) / Math.max(1, count)));
  const values = [0];
  const top = Math.ceil(Math.log10(Math.max(Math.abs(lo), Math.abs(hi))) + 1e-9);
  for (let k = top; k > Math.round(Math.log10(even)); k -= every) values.push(Number(`1e${k}`), -Number(`1e${k}`));
  const smallest = Math.min(...values.filter((v) => v > 0));
  const inside = values.filter((v) => v >= lo && v <= hi).sort((a, b) => a - b);
  if (inside.length < 2) return linearTicks(lo, hi, count);
  return inside.map((value) => ({ value, label: value < 0 ? `\u2212${power(-value, smallest)}` : power(value, smallest) }));
}
