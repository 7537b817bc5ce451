import { formatStep, formatValue } from "./format.ts";
import type { Frame } from "./frame.ts";
import { formatDuration, formatTime } from "./time.ts";
import type { ChartOptions } from "./types.ts";

function onAxis(value: number, options: ChartOptions): string {
  if (options.xAxis === "time") return formatTime(value);
  return options.xAxis === "step" ? formatStep(Math.round(value)) : formatDuration(value);
}

/** The sentence that stands for the chart where it cannot be seen. */
export function describe(f: Frame, options: ChartOptions, lines: number): string {
  const what = `${options.title}: line chart of ${lines} ${lines === 1 ? "run" : "runs"}`;
  if (f.empty) return `${what}, no data`;
  const x = `${options.xAxis} ${onAxis(f.sx.lo, options)} to ${onAxis(f.sx.hi, options)}`;
  return `${what}, ${x}, values ${formatValue(f.sy.lo)} to ${formatValue(f.sy.hi)}`;
}
