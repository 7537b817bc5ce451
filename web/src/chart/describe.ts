import { formatStep, formatValue } from "./format.ts";
import type { Frame } from "./frame.ts";
import { formatDuration, formatTime } from "./time.ts";
import type { ChartOptions, Notes, Series } from "./types.ts";

/** A place on the x axis as text. */
export function onAxis(value: number, options: ChartOptions): string {
  if (options.xAxis === "time") return formatTime(value);
  if (options.xAxis === "metric") return formatValue(value);
  return options.xAxis === "step" ? formatStep(Math.round(value)) : formatDuration(value);
}

function lastFinite(values: Float64Array): number | undefined {
  return values.findLast((v) => Number.isFinite(v));
}

function ends(all: Series[]): string {
  const last = all.map((s): [string, number | undefined] => [s.line.label, lastFinite(s.y)]).filter((each): each is [string, number] => each[1] !== undefined);
  if (last.length === 0) return "";
  if (last.length === 1) return `, now ${formatValue(last[0]![1])}`;
  last.sort((a, b) => a[1] - b[1]);
  const [low, high] = [last[0]!, last.at(-1)!];
  return `, now from ${formatValue(low[1])} (${low[0]}) to ${formatValue(high[1])} (${high[0]})`;
}

/** The sentence that stands for the chart where it cannot be seen. */
export function describe(f: Frame, options: ChartOptions, all: Series[], notes: Notes): string {
  const lines = all.filter((s) => !s.line.faint);
  const one = lines[0]?.line.members ? "group" : "run";
  const what = `${options.title}: line chart of ${lines.length} ${one}${lines.length === 1 ? "" : "s"}`;
  const odd = notes.nan + notes.infinite > 0 ? `, ${notes.nan} NaN and ${notes.infinite} infinite values` : "";
  if (f.empty) return `${what}, no data${odd}`;
  const axis = options.xAxis === "metric" ? options.xName : options.xAxis;
  const x = `${axis} ${onAxis(f.sx.lo, options)} to ${onAxis(f.sx.hi, options)}`;
  return `${what}, ${x}, values ${formatValue(f.sy.lo)} to ${formatValue(f.sy.hi)}${ends(lines)}${odd}`;
}
