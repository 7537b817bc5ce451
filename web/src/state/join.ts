import type { Range } from "../chart/index.ts";
import type { Points } from "./points.ts";

/** A series over another one: where that has a value, or lies between two. */
export interface Joined {
  xs: Float64Array;
  /** Rows of the series that have a place. */
  rows: number[];
}

/** Joins two series of a run on their steps. */
export function join(points: Points, axis: Points): Joined {
  const rows: number[] = [];
  const xs: number[] = [];
  let k = 0;
  for (let i = 0; i < points.steps.length; i++) {
    const step = points.steps[i]!;
    while (k < axis.steps.length && axis.steps[k]! < step) k++;
    const x = between(axis, k, step);
    if (!Number.isFinite(x)) continue;
    rows.push(i);
    xs.push(x);
  }
  return { xs: Float64Array.from(xs), rows };
}

/** The axis at a step; `k` is its first row that is not before it. */
function between(axis: Points, k: number, step: number): number {
  const [here, before] = [axis.steps[k], axis.steps[k - 1]];
  if (here === undefined) return Number.NaN;
  if (here === step) return axis.values[k]!;
  if (before === undefined) return Number.NaN;
  const share = (step - before) / (here - before);
  return axis.values[k - 1]! + (axis.values[k]! - axis.values[k - 1]!) * share;
}

/** Returns the columns of a series at its rows that have a place on the axis. */
export function placed(points: Points, { xs, rows }: Joined): Points & { xs: Float64Array } {
  const take = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const { min, max, counts, odd, before, after } = points;
  return {
    ...points,
    xs,
    steps: take(points.steps),
    times: take(points.times),
    values: take(points.values),
    ...(min && max && counts && odd && { min: take(min), max: take(max), counts: take(counts) }),
    ...(odd && { odd: { nan: take(odd.nan), high: take(odd.high), low: take(odd.low) } }),
    before,
    after,
  };
}

/** Returns the steps at which the axis lies in a range, and one row more on each side; null if nowhere. */
export function stepsWithin(axis: Points, range: Range): Range | null {
  const inside = (v: number): boolean => v >= range[0] && v <= range[1];
  const first = axis.values.findIndex(inside);
  const last = axis.values.findLastIndex(inside);
  if (first >= 0) return [axis.steps[Math.max(0, first - 1)]!, axis.steps[Math.min(axis.steps.length - 1, last + 1)]!];
  // Between two rows there may still be a part of it.
  const after = axis.values.findIndex((v) => v > range[1]);
  return after > 0 && axis.values[after - 1]! < range[0] ? [axis.steps[after - 1]!, axis.steps[after]!] : null;
}
