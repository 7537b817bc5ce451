import type { Run } from "../api/types.ts";
import { configValues } from "./grouping.ts";

/** Where a run was at a moment, by the times of its own rows. */
export interface Sample {
  time: number;
  step: number;
}

/** Rates are taken over this many seconds, at most. */
const SPAN = 60;
/** A run is quiet once it has logged nothing for so many of its usual intervals, and for no less than so many seconds. */
const INTERVALS = 20;
const LEAST_QUIET = 60;
const TOTALS = new Set(["max_steps", "total_steps", "num_training_steps", "num_train_steps", "total_timesteps", "num_steps", "max_iters"]);

/** Returns the last step that a run has logged; null before its first number. */
export function stepOf(run: Run): number | null {
  let last = -Infinity;
  for (const name in run.summary) last = Math.max(last, run.summary[name]!.last_step ?? -Infinity);
  return last === -Infinity ? null : last;
}

/** Adds where a run is to where it was; without what lies too far back, and anew where steps went back. */
export function sampled(samples: readonly Sample[], run: Run): readonly Sample[] {
  const [step, time, last] = [stepOf(run), run.last_activity, samples.at(-1)];
  if (step === null || (last && last.time >= time)) return samples;
  if (last && step < last.step) return [{ time, step }];
  return [...samples.filter((each) => each.time >= time - SPAN), { time, step }];
}

/** Returns steps per second of late, or since the start where that is all that is known; null where nothing is. */
export function speedOf(run: Run, samples: readonly Sample[]): number | null {
  const [first, last, step] = [samples[0], samples.at(-1), stepOf(run)];
  if (first && last && last.time > first.time) return (last.step - first.step) / (last.time - first.time);
  const lived = run.last_activity - run.started;
  return step !== null && run.rows > 1 && lived > 0 ? step / lived : null;
}

/** Returns how many steps a run is meant to take, where its configuration says so under one of the usual names. */
export function totalOf(run: Run): number | null {
  for (const [key, value] of configValues(run.config)) {
    const isTotal = TOTALS.has(key.slice(key.lastIndexOf(".") + 1));
    if (isTotal && typeof value === "number" && value > 0) return value;
  }
  return null;
}

/** Returns the seconds that are left at this speed; null where that cannot be told. */
export function leftOf(run: Run, speed: number | null): number | null {
  const [total, step] = [totalOf(run), stepOf(run)];
  return total !== null && step !== null && speed !== null && speed > 0 && step < total ? (total - step) / speed : null;
}

/** Returns for how many seconds a running run has been quieter than it usually is; null while it is not. */
export function quietFor(run: Run, now: number): number | null {
  if (run.status !== "running") return null;
  const usual = run.rows > 1 ? (run.last_activity - run.started) / run.rows : 0;
  const quiet = now - run.last_activity;
  return quiet > Math.max(LEAST_QUIET, INTERVALS * usual) ? quiet : null;
}
