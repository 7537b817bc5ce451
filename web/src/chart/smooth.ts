/** The median of up to 64 gaps between points: the spacing at which a weight means what it says. */
function spacing(x: Float64Array): number {
  const stride = Math.max(1, Math.floor(x.length / 64));
  const gaps: number[] = [];
  for (let i = stride; i < x.length; i += stride) {
    const gap = ((x[i] as number) - (x[i - 1] as number));
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}

/**
 * Debiased exponential moving average. With `x`, a wider gap between points forgets more,
 * as if the points between had been there.
 *
 * Kept as a running mean with weight `total` (the same number as dividing by 1 - w^n),
 * since then a constant stays exactly that constant.
 */
export function smooth(values: Float64Array, weight: number, x?: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  const unit = x ? spacing(x) : 0;
  let mean = 0;
  let total = 0;
  let last = Number.NaN;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] as number;
    if (!Number.isFinite(v)) {
      out[i] = v;
      continue;
    }
    const at = x && unit > 0 ? (x[i] as number) / unit : i;
    const gap = unit > 0 && at > last ? at - last : 1;
    total = total * (Math.abs(gap - 1) < 1e-6 ? weight : weight ** gap) + 1;
    mean += (v - mean) / total;
    last = at;
    out[i] = mean;
  }
  return out;
}

/** On a log axis the average is that of the logarithms. */
export function smoothLog(values: Float64Array, weight: number, x?: Float64Array): Float64Array {
  const logs = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) logs[i] = (values[i] as number) > 0 ? Math.log10(values[i] as number) : Number.NaN;
  const out = smooth(logs, weight, x);
  for (let i = 0; i < out.length; i++) out[i] = 10 ** (out[i] as number);
  return out;
}
