import type { Spread } from "./url.ts";

/** One run's line over the axis that is shown. */
export interface Member {
  x: Float64Array;
  values: Float64Array;
  min?: Float64Array | undefined;
  max?: Float64Array | undefined;
}

/** The mean of a group at each x, with its spread and how many members have a value there. */
export interface Aggregate {
  x: Float64Array;
  mean: Float64Array;
  low: Float64Array | undefined;
  high: Float64Array | undefined;
  members: Float64Array;
}

/** More places than this are drawn by nobody; members that differ in theirs are then read at even distances. */
const MOST_PLACES = 2_000;

const same = (a: Float64Array, b: Float64Array): boolean => a === b || (a.length === b.length && a.every((v, i) => v === b[i]));

function gridOf(members: readonly Member[]): Float64Array {
  const first = members[0]!.x;
  if (first.length <= MOST_PLACES && members.every(({ x }) => same(x, first))) return first;
  const all = new Set<number>();
  for (const { x } of members) for (const at of x) if (Number.isFinite(at)) all.add(at);
  const sorted = Float64Array.from(all).sort();
  if (sorted.length <= MOST_PLACES) return sorted;
  const [from, to] = [sorted[0]!, sorted.at(-1)!];
  return Float64Array.from({ length: MOST_PLACES }, (_, i) => from + ((to - from) * i) / (MOST_PLACES - 1));
}

/** Reads a line at places in ascending order: between its rows in proportion, outside of them nothing. */
export function readAt(x: Float64Array, values: Float64Array, places: Float64Array): Float64Array {
  let k = 0;
  return places.map((at) => {
    while (k < x.length && x[k]! < at) k++;
    const here = values[k];
    if (here === undefined) return Number.NaN;
    if (x[k] === at) return here;
    const before = values[k - 1];
    if (before === undefined) return Number.NaN;
    return before + ((here - before) * (at - x[k - 1]!)) / (x[k]! - x[k - 1]!);
  });
}

/** Returns the mean over all members, whatever their rows, and their spread about it. */
export function aggregate(members: readonly Member[], spread: Spread): Aggregate {
  const x = gridOf(members);
  const values = members.map((member) => readAt(member.x, member.values, x));
  const lows = spread === "range" ? members.map((member) => readAt(member.x, member.min ?? member.values, x)) : values;
  const highs = spread === "range" ? members.map((member) => readAt(member.x, member.max ?? member.values, x)) : values;
  const out: Aggregate = { x, mean: new Float64Array(x.length), members: new Float64Array(x.length), low: undefined, high: undefined };
  const [low, high] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let i = 0; i < x.length; i++) {
    const there = values.map((line) => line[i]!).filter((v) => Number.isFinite(v));
    const n = there.length;
    const mean = there.reduce((sum, v) => sum + v, 0) / n;
    out.members[i] = n;
    out.mean[i] = mean;
    if (spread === "range") {
      low[i] = least(lows, i);
      high[i] = -least(highs, i, -1);
    } else {
      const std = n > 1 ? Math.sqrt(there.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1)) : 0;
      low[i] = mean - std;
      high[i] = mean + std;
    }
  }
  return spread === "none" ? out : { ...out, low, high };
}

function least(lines: readonly Float64Array[], i: number, sign = 1): number {
  let found = Infinity;
  for (const line of lines) if (Number.isFinite(line[i]!)) found = Math.min(found, sign * line[i]!);
  return found === Infinity ? Number.NaN : found;
}
