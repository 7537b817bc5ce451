const MINUS = "\u2212";
const UNITS: readonly (readonly [number, string])[] = [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "k"]];
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function sign(text: string): string {
  return text.replaceAll("-", MINUS);
}

/** Decimals needed to tell multiples of `step` apart. */
function decimals(step: number): number {
  for (let d = 0; d < 15; d++) {
    const scaled = step * 10 ** d;
    if (scaled >= 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * scaled) return d;
  }
  return 15;
}

function exponential(value: number, step: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-12);
  const text = value.toExponential(Math.min(6, decimals(step / 10 ** exponent)));
  return sign(text.replace("e+", "e"));
}

/** A tick label: `size` is the largest magnitude on the axis, so that all labels share a unit. */
export function compact(value: number, step: number, size: number): string {
  if (value === 0) return "0";
  if (size < 1e-3 || size >= 1e15) return exponential(value, step);
  for (const [unit, suffix] of UNITS) {
    if (size < (unit === 1e3 ? 1e4 : unit)) continue;
    const places = decimals(step / unit);
    if (places <= 2) return sign((value / unit).toFixed(places)) + suffix;
  }
  if (size >= 1e4) return sign(value.toLocaleString("en-US", { maximumFractionDigits: decimals(step) }));
  return sign(value.toFixed(decimals(step)));
}

/** A label of a log axis: powers below one all in the same notation if some are tiny. */
export function power(value: number, smallest: number): string {
  return smallest < 1e-3 && value < 1 ? exponential(value, value) : compact(value, value, value);
}

/** A read-out: five significant digits (zeros too, so that columns line up), whole numbers in full. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (Number.isInteger(value) && size < 1e12) return sign(whole.format(value));
  if (size < 1e-4 || size >= 1e9) return sign(value.toExponential(3).replace("e+", "e"));
  if (size >= 1e5) return sign(whole.format(value));
  const places = Math.max(0, 4 - Math.floor(Math.log10(size)));
  return sign(value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }));
}

export function formatStep(step: number): string {
  return Number.isInteger(step) ? sign(whole.format(step)) : formatValue(step);
}

/** A difference, with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${formatValue(value)}` : formatValue(value);
}
