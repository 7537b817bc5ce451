import type { Range } from "../types.ts";

/** A histogram as it was logged: counts of the bins between edges that rise. */
export interface Histogram {
  step: number;
  time: number;
  edges: Float64Array;
  counts: Float64Array;
  total: number;
  /** Of its fullest bin: how much lies in it for its width. */
  peak: number;
}

const numbers = (list: unknown): list is number[] => Array.isArray(list) && list.every((each) => typeof each === "number" && Number.isFinite(each));
const rising = (edges: readonly number[]): boolean => edges.every((edge, k) => k === 0 || edge > edges[k - 1]!);

/** Reads a logged value; null for one that is no histogram. */
export function histogramOf(step: number, time: number, value: unknown): Histogram | null {
  const { bins, values } = (value ?? {}) as { bins?: unknown; values?: unknown };
  if (!numbers(bins) || !numbers(values) || values.length === 0 || bins.length !== values.length + 1 || !rising(bins)) return null;
  const [edges, counts] = [Float64Array.from(bins), Float64Array.from(values)];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const made = { step, time, edges, counts, total, peak: 0 };
  return { ...made, peak: counts.reduce((most, _, k) => Math.max(most, density(made, k)), 0) };
}

/** How much lies in a bin for its width, so that wide bins do not look fuller than narrow ones. */
export function density(h: Pick<Histogram, "edges" | "counts">, bin: number): number {
  return h.counts[bin]! / (h.edges[bin + 1]! - h.edges[bin]!);
}

/** The bin that holds a value, or -1. The last one holds its upper edge, too. */
export function binAt({ edges }: Histogram, value: number): number {
  const last = edges.length - 1;
  if (!(value >= edges[0]! && value <= edges[last]!)) return -1;
  let [lo, hi] = [0, last];
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (edges[mid]! <= value) lo = mid;
    else hi = mid;
  }
  return lo;
}

/** The values that histograms reach over, empty bins at their ends left out. */
export function valueRange(all: readonly Histogram[]): Range | null {
  let [lo, hi] = [Infinity, -Infinity];
  for (const { edges, counts } of all) {
    const [first, last] = [counts.findIndex((count) => count > 0), counts.findLastIndex((count) => count > 0)];
    if (first < 0) continue;
    lo = Math.min(lo, edges[first]!);
    hi = Math.max(hi, edges[last + 1]!);
  }
  return lo <= hi ? [lo, hi] : null;
}

/** Where each column of a heat map ends, given the places of its histograms in order: half way to its neighbours. */
export function columnEdges(at: readonly number[]): number[] {
  const last = at.length - 1;
  const gap = (k: number): number => (last > 0 ? at[k + 1]! - at[k]! : 1);
  const edges = [at[0]! - gap(0) / 2];
  for (let k = 0; k < last; k++) edges.push((at[k]! + at[k + 1]!) / 2);
  edges.push(at[last]! + gap(Math.max(0, last - 1)) / 2);
  return edges;
}

/** At most `most` of a list, evenly chosen, the last one always among them. */
export function evenly<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, k) => list[Math.round(((k + 1) * list.length) / most) - 1]!);
}
