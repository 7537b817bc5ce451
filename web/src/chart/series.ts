import { smooth, smoothLog } from "./smooth.ts";
import type { ChartOptions, Line, Series, XAxis } from "./types.ts";

function isSorted(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if ((x[i] as number) < (x[i - 1] as number)) return false;
  return true;
}

function axisValues(line: Line, axis: XAxis): Float64Array {
  if (axis === "step") return line.steps;
  if (axis === "time") return line.times;
  const start = line.start ?? line.times[0] ?? 0;
  const out = new Float64Array(line.times.length);
  for (let i = 0; i < out.length; i++) out[i] = (line.times[i] as number) - start;
  return out;
}

export function prepare(line: Line, options: ChartOptions): Series {
  const x = axisValues(line, options.xAxis);
  const sorted = isSorted(x);
  const weight = options.smoothing;
  const smoothed = weight > 0 && line.values.length > 1;
  const how = options.logY ? smoothLog : smooth;
  // Steps, not the axis shown, say how far apart points are, so that the curve is the same on every axis.
  const y = smoothed ? how(line.values, weight, line.steps) : line.values;
  return { line, x, y, sorted, smoothed };
}

function sameData(a: Line, b: Line): boolean {
  return a.values === b.values && a.steps === b.steps && a.times === b.times && a.start === b.start;
}

/** Prepares all lines, taking over what has not changed. */
export function prepareAll(lines: Line[], options: ChartOptions, old: Map<string, Series>): Series[] {
  return lines.map((line) => {
    const before = old.get(line.id);
    return before && sameData(before.line, line) ? { ...before, line } : prepare(line, options);
  });
}

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
