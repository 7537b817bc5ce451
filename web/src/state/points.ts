import type { Frame } from "../api/frames.ts";
import { floats } from "../api/frames.ts";

/** A series as it is drawn: points themselves, or one mean per bucket between its extremes. */
export interface Points {
  steps: Float64Array;
  times: Float64Array;
  values: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
  /** The last value logged, which a bucket's mean is not. */
  last: number;
  lastStep: number | null;
  total: number;
  /** Points that came after what was fetched. */
  appended: number;
}

export function pointsOf(frame: Frame): Points {
  const { raw, last_step: lastStep, total } = frame.header;
  const steps = floats(frame, "step");
  const times = floats(frame, "time");
  if (raw) {
    const values = floats(frame, "value");
    return { steps, times, values, last: values.at(-1) ?? Number.NaN, lastStep, total, appended: 0 };
  }
  return {
    steps,
    times,
    values: floats(frame, "mean"),
    min: floats(frame, "min"),
    max: floats(frame, "max"),
    last: floats(frame, "last").at(-1) ?? Number.NaN,
    lastStep,
    total,
    appended: 0,
  };
}

function joined(a: Float64Array, b: Float64Array): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Returns `points` with the new ones of a raw frame behind them; null when there are none. */
export function appended(points: Points, frame: Frame): Points | null {
  const fresh = pointsOf(frame);
  let from = 0;
  while (points.lastStep !== null && from < fresh.steps.length && fresh.steps[from]! <= points.lastStep) from++;
  if (from === fresh.steps.length) return null;
  const values = fresh.values.subarray(from);
  const next: Points = {
    steps: joined(points.steps, fresh.steps.subarray(from)),
    times: joined(points.times, fresh.times.subarray(from)),
    values: joined(points.values, values),
    last: fresh.last,
    lastStep: fresh.steps.at(-1)!,
    total: Math.max(frame.header.total, points.total),
    appended: points.appended + values.length,
  };
  if (points.min && points.max) {
    next.min = joined(points.min, values);
    next.max = joined(points.max, values);
  }
  return next;
}
