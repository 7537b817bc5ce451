import type { Run } from "../api/types.ts";

export interface Bar {
  run: Run;
  value: number | null;
  /** Shares of the track, from zero to the value. */
  from: number;
  to: number;
}

/** Whether a metric has just one value in each run, and none is likely to follow. */
export function isSingle(metric: string, runs: readonly Run[]): boolean {
  return runs.length > 0 && runs.every((run) => run.summary[metric]?.count === 1 && run.status !== "running");
}

/** Returns the bars of a metric, the greatest value first; they all start at zero. */
export function barsOf(metric: string, runs: readonly Run[]): Bar[] {
  const values = runs.map((run) => ({ run, value: run.summary[metric]?.last ?? null }));
  const finite = values.map(({ value }) => value ?? 0);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const size = high - low || 1;
  const place = (value: number): number => (value - low) / size;
  return values
    .sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity))
    .map(({ run, value }) => ({ run, value, from: place(Math.min(0, value ?? 0)), to: place(Math.max(0, value ?? 0)) }));
}
