import type { Frame, Gap } from "../api/frames.ts";
import { floats } from "../api/frames.ts";
import type { OddCounts, Rows } from "../chart/index.ts";

/** A series as it is drawn: points themselves, or one mean per bucket between its extremes. */
export interface Points extends Rows {
  times: Float64Array;
  min?: Float64Array;
  max?: Float64Array;
  odd?: OddCounts;
  /** Coarse rows of the whole series on either side of these. */
  before?: Rows | undefined;
  after?: Rows | undefined;
  /** Which process of its run logged it. */
  member: number | null;
  /** Of buckets: the first step whose value is no number. */
  oddStep: number | null;
  /** The least and the greatest of what lies before all rows, where they were asked for. */
  earlier: [number, number] | null;
  /** Steps or seconds of one bucket; null where these are the points themselves. */
  bucket: number | null;
  /** The last value logged, which a bucket's mean is not. */
  last: number;
  lastStep: number | null;
  /** When the last value was logged. */
  lastTime: number | null;
  total: number;
  /** Points that came after what was fetched. */
  appended: number;
  /** What is lacking because it is damaged where it is stored. */
  missing: readonly Gap[];
}

export function pointsOf(frame: Frame): Points {
  const { raw, last_step: lastStep, total, bucket, member } = frame.header;
  const steps = floats(frame, "step");
  const times = floats(frame, "time");
  const { odd: oddStep, before: earlier } = frame.header;
  const told = { steps, times, member, oddStep, earlier, lastStep, lastTime: times.at(-1) ?? null, total, appended: 0, missing: frame.header.missing ?? [] };
  if (raw) {
    const values = floats(frame, "value");
    return { ...told, values, last: values.at(-1) ?? Number.NaN, bucket: null };
  }
  return {
    ...told,
    values: floats(frame, "mean"),
    min: floats(frame, "min"),
    max: floats(frame, "max"),
    counts: floats(frame, "count"),
    odd: { nan: floats(frame, "nan"), high: floats(frame, "pinf"), low: floats(frame, "ninf") },
    last: floats(frame, "last").at(-1) ?? Number.NaN,
    bucket,
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
    before: points.before,
    member: frame.header.member,
    oddStep: points.oddStep,
    earlier: points.earlier,
    bucket: points.bucket,
    last: fresh.last,
    lastStep: fresh.steps.at(-1)!,
    lastTime: fresh.lastTime,
    total: Math.max(frame.header.total, points.total),
    appended: points.appended + values.length,
    missing: points.missing,
  };
  const { min, max, counts, odd } = points;
  if (min && max && counts && odd) {
    // A bucket's extremes are NaN where it holds no number; so are those of a point.
    const finite = values.map((v) => (Number.isFinite(v) ? v : Number.NaN));
    Object.assign(next, { values: joined(points.values, finite), min: joined(min, finite), max: joined(max, finite) });
    const first = values.findIndex((v) => !Number.isFinite(v));
    if (first >= 0) next.oddStep ??= fresh.steps[from + first]!;
    next.counts = joined(counts, new Float64Array(values.length).fill(1));
    next.odd = {
      nan: joined(odd.nan, values.map((v) => Number(Number.isNaN(v)))),
      high: joined(odd.high, values.map((v) => Number(v === Infinity))),
      low: joined(odd.low, values.map((v) => Number(v === -Infinity))),
    };
  }
  return next;
}

/** Returns the rows of a whole series that lie before and after those held of a part of it. */
export function beside(whole: Points, held: Points): Pick<Points, "before" | "after"> {
  const [first, last] = [held.steps[0], held.steps.at(-1)];
  if (first === undefined || last === undefined) return {};
  const { steps, values, counts } = whole;
  const left = steps.filter((step) => step < first).length;
  const right = steps.findIndex((step) => step > last);
  return { before: cut(0, left, first), after: right < 0 ? undefined : cut(right, steps.length, null) };

  function cut(from: number, to: number, until: number | null): Rows | undefined {
    if (from === to) return undefined;
    const rows: Rows = { steps: steps.slice(from, to), values: values.slice(from, to), counts: counts?.slice(from, to) };
    const next = steps[to];
    if (until !== null && next !== undefined && rows.counts) {
      // The last one reaches into what is held already: it counts for the part that does not.
      const start = rows.steps.at(-1)!;
      rows.counts[rows.counts.length - 1]! *= (until - start) / (next - start);
    }
    return rows;
  }
}
