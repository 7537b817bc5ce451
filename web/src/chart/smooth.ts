import type { Rows, Smoothing } from "./types.ts";

/** The median of up to 64 gaps between points: the spacing at which a weight means what it says. */
function spacing({ steps, counts }: Rows): number {
  const stride = Math.max(1, Math.floor(steps.length / 64));
  const gaps: number[] = [];
  for (let i = stride; i < steps.length; i += stride) {
    const gap = ((steps[i] as number) - (steps[i - 1] as number)) / (counts?.[i - 1] || 1);
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}

/**
 * Debiased exponential moving average; a row of so many points weighs and forgets as much as they would.
 * Timed, a wider gap between points forgets more, as if the points between had been there.
 *
 * Kept as a running mean with weight `total` (the same number as dividing by 1 - w^n),
 * since then a constant stays exactly that constant.
 */
function exponential(rows: Rows, weight: number, timed: boolean): Float64Array {
  const { steps, values, counts } = rows;
  const out = new Float64Array(values.length);
  const unit = timed ? spacing(rows) : 0;
  let mean = 0;
  let total = 0;
  let last = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) {
      out[i] = v;
      continue;
    }
    const count = counts?.[i] || 1;
    const at = unit > 0 ? (steps[i] as number) / unit : i;
    const gap = unit > 0 && at > last ? at - last : count;
    // Nearly even spacing is even: powers are slow, and their rounding would show.
    const whole = Math.abs(gap - 1) < 1e-6;
    const own = count === 1 ? 1 : (1 - weight ** count) / (1 - weight);
    total = total * (whole ? weight : weight ** gap) + own;
    mean += ((v - mean) * own) / total;
    last = at;
    out[i] = mean;
  }
  return out;
}

/** Mean over a window of `width` points about each row; at the ends, over what there is of it. */
function running(values: Float64Array, counts: Float64Array | undefined, width: number): Float64Array {
  const n = values.length;
  const edges = new Float64Array(n + 1);
  const sums = new Float64Array(n + 1);
  // Sums of what lies above the first value keep a constant exact.
  const zero = values.find((v) => Number.isFinite(v)) ?? 0;
  for (let i = 0; i < n; i++) {
    const v = values[i] as number;
    const count = Number.isFinite(v) ? counts?.[i] || 1 : 0;
    edges[i + 1] = (edges[i] as number) + count;
    sums[i + 1] = (sums[i] as number) + (count > 0 ? (v - zero) * count : 0);
  }
  const end = edges[n] as number;
  const below = (position: number, from: number): [number, number] => {
    let k = from;
    while (k < n && (edges[k + 1] as number) < position) k++;
    const size = k < n ? (edges[k + 1] as number) - (edges[k] as number) : 0;
    const share = size > 0 ? (position - (edges[k] as number)) / size : 0;
    return [(sums[k] as number) + (k < n ? ((sums[k + 1] as number) - (sums[k] as number)) * share : 0), k];
  };
  const out = new Float64Array(n);
  let [left, right] = [0, 0];
  for (let i = 0; i < n; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) {
      out[i] = v;
      continue;
    }
    const mid = ((edges[i] as number) + (edges[i + 1] as number)) / 2;
    const [from, to] = [Math.max(0, mid - width / 2), Math.min(end, mid + width / 2)];
    const low = below(from, left);
    const high = below(to, right);
    [left, right] = [low[1], high[1]];
    out[i] = zero + (high[0] - low[0]) / (to - from);
  }
  return out;
}

/** Three running means one after another are a Gaussian as far as eyes can tell, and take no longer for a wider one. */
function gaussian(rows: Rows, width: number): Float64Array {
  const each = width / Math.sqrt(3);
  let values = rows.values;
  for (let pass = 0; pass < 3; pass++) values = running(values, rows.counts, each);
  return values;
}

/** Points of a window that smooths as much as an exponential weight does. */
export function windowOf(weight: number): number {
  return (1 + weight) / (1 - weight);
}

export function smooth(rows: Rows, how: Smoothing): Float64Array {
  switch (how.kind) {
    case "ema":
      return exponential(rows, how.weight, false);
    case "twema":
      return exponential(rows, how.weight, true);
    case "mean":
      return running(rows.values, rows.counts, windowOf(how.weight));
    case "gaussian":
      return gaussian(rows, windowOf(how.weight));
  }
}

/** On a log axis the average is that of the logarithms. */
export function smoothLog(rows: Rows, how: Smoothing): Float64Array {
  const values = rows.values.map((v) => (v > 0 ? Math.log10(v) : Number.NaN));
  return smooth({ ...rows, values }, how).map((v) => 10 ** v);
}
