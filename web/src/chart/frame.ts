import { pad, xRange, yRange } from "./range.ts";
import { linearTicks, logTicks, makeScale, symlogTicks } from "./scale.ts";
import type { Scale, Tick } from "./scale.ts";
import { durationTicks, timeTicks } from "./time.ts";
import type { Box, ChartOptions, Range, Series, View } from "./types.ts";

/** All that is settled before drawing: where things go and what the axes say. */
export interface Frame {
  box: Box;
  sx: Scale;
  sy: Scale;
  xTicks: Tick[];
  yTicks: Tick[];
  dpr: number;
  /** Whether raw lines and bands are drawn beneath all lines, not just the highlighted one. */
  bands: boolean;
  raw: boolean;
  empty: boolean;
}

const TOP = 8;
const RIGHT = 12;
const BOTTOM = 24;
const GAP = 8;

/** Bands and raw lines of more lines than these hide each other. */
const MAX_BANDS = 12;
const MAX_RAW = 40;

function few(all: Series[], most: number, options: ChartOptions): boolean {
  if (options.bands !== "auto") return options.bands === "on";
  return all.filter((s) => !s.line.faint).length <= most;
}

function openX(range: Range, options: ChartOptions): Range {
  if (range[1] > range[0]) return range;
  if (options.logX) return [range[0] / 2, range[0] * 2];
  const air = options.xAxis === "time" || options.xAxis === "relative" ? 30 : 1;
  return [range[0] - air, range[0] + air];
}

function findX(all: Series[], options: ChartOptions, view: View | null): Range | null {
  const chosen = view?.x;
  if (chosen && chosen[1] > chosen[0] && !(options.logX && chosen[0] <= 0)) return chosen;
  const found = xRange(all, options.logX);
  return found && openX(found, options);
}

function findY(all: Series[], options: ChartOptions, view: View | null, x: Range, bands: boolean): Range | null {
  const { yScale, outliers } = options;
  const chosen = view?.y;
  if (chosen && chosen[1] > chosen[0] && !(yScale === "log" && chosen[0] <= 0)) return chosen;
  const shown = all.filter((s) => !s.line.faint);
  const found = yRange(shown.length > 0 ? shown : all, x, yScale, outliers, bands);
  return found && ended(pad(found, yScale, 0.05), options);
}

/** Puts the ends of a range where they were fixed; ends that leave nothing between them do not count. */
export function ended(found: Range, { yScale, yEnds: [low, high] }: Pick<ChartOptions, "yScale" | "yEnds">): Range {
  const [lo, hi] = [low !== null && (yScale !== "log" || low > 0) ? low : found[0], high ?? found[1]];
  return lo < hi ? [lo, hi] : found;
}

export function xTicksOf(range: Range, options: Pick<ChartOptions, "xAxis" | "logX">, width: number): Tick[] {
  const timed = options.xAxis === "time" || options.xAxis === "relative";
  const count = Math.max(1, width / (timed ? 78 : 52));
  if (options.logX) return logTicks(range[0], range[1], count);
  if (options.xAxis === "time") return timeTicks(range[0], range[1], count);
  if (options.xAxis === "relative") return durationTicks(range[0], range[1], count);
  return linearTicks(range[0], range[1], count, options.xAxis === "step");
}

export function yTicksOf(scale: Scale, height: number): Tick[] {
  const rows = Math.min(8, Math.max(2, height / 34));
  if (scale.kind === "log") return logTicks(scale.lo, scale.hi, rows);
  if (scale.kind === "symlog") return symlogTicks(scale.lo, scale.hi, rows, scale.even);
  return linearTicks(scale.lo, scale.hi, rows);
}

export function layout(
  all: Series[], options: ChartOptions, view: View | null,
  size: { width: number; height: number; dpr: number }, measure: (text: string) => number,
): Frame {
  const { width, height, dpr } = size;
  const bands = few(all, MAX_BANDS, options);
  const foundX = findX(all, options, view);
  const foundY = foundX && findY(all, options, view, foundX, bands);
  const x = foundX ?? (options.logX ? [1, 10] : [0, 1]);
  const y = foundY ?? (options.yScale === "log" ? [1, 10] : [0, 1]);
  const bottom = height - BOTTOM;
  const sy = makeScale(y[0], y[1], options.yScale, bottom, TOP);
  const yTicks = yTicksOf(sy, bottom - TOP);
  const widest = Math.max(16, ...yTicks.map((t) => measure(t.label)));
  // Rounded up, so that live values do not make the plot tremble.
  const left = Math.min(width / 2, Math.ceil((widest + GAP + 4) / 6) * 6);
  const right = width - RIGHT;
  return {
    box: { width, height, left, top: TOP, right, bottom },
    sx: makeScale(x[0], x[1], options.logX ? "log" : "linear", left, right),
    sy,
    xTicks: xTicksOf(x, options, right - left),
    yTicks,
    dpr,
    bands,
    raw: few(all, MAX_RAW, options),
    empty: !foundY,
  };
}
